"""Writes the ONNX files of this folder and more: export.py OUT [NAME…].

Random weights through one exporter's ways each; the version of transformers stands first in the name (5.24, 4.46 or 4.36, with
torch 2.15, onnx, onnxscript and onnxruntime). Only what the tests read is kept here, to stay small."""
import os, sys
import onnx
import torch, transformers
from transformers import (BertConfig, BertModel, BertForSequenceClassification, BertForTokenClassification,
    BertForQuestionAnswering, BertForMaskedLM, DistilBertConfig, DistilBertModel, RobertaConfig, RobertaModel,
    ElectraConfig, ElectraModel, AlbertConfig, AlbertModel, MPNetConfig, MPNetModel)

OUT, wanted = sys.argv[1], sys.argv[2:]
TAG = "tf" + ".".join(transformers.__version__.split(".")[:2])
os.makedirs(OUT, exist_ok=True)


def bert(kind=BertModel, attention="sdpa", width=18, heads=3, ffn=20, layers=2, act="gelu", labels=3, cls=BertConfig, **more):
    torch.manual_seed(1)
    c = cls(vocab_size=40, hidden_size=width, num_hidden_layers=layers, num_attention_heads=heads, intermediate_size=ffn,
            hidden_act=act, max_position_embeddings=48, type_vocab_size=2, num_labels=labels, **({} if transformers.__version__ < "4.36.9" or attention is None else dict(attn_implementation=attention)), **more)
    m = kind(c).eval()
    with torch.no_grad():
        for n, p in m.named_parameters():
            p.copy_(torch.randn_like(p) * (0.1 if "bias" in n else 0.3) + (1 if "LayerNorm.weight" in n else 0))
    return m


class Wrap(torch.nn.Module):
    def __init__(self, m, f, types=True):
        super().__init__()
        self.m, self.f, self.types = m, f, types

    def forward(self, input_ids, attention_mask, token_type_ids=None):
        more = {} if token_type_ids is None else dict(token_type_ids=token_type_ids)
        return self.f(self.m(input_ids=input_ids, attention_mask=attention_mask, **more), attention_mask)


def hidden(o, mask): return o.last_hidden_state
def logits(o, mask): return o.logits
def pooler(o, mask): return o.pooler_output
def both(o, mask): return o.last_hidden_state, o.pooler_output
def qa(o, mask): return o["start_logits"], o["end_logits"]
def cls(o, mask): return o.last_hidden_state[:, 0]
def mean(o, mask):
    m = mask.unsqueeze(-1).expand(o.last_hidden_state.size()).float()
    return (o.last_hidden_state * m).sum(1) / torch.clamp(m.sum(1), min=1e-9)
def unit(o, mask): return o.last_hidden_state, torch.nn.functional.normalize(mean(o, mask), p=2, dim=1)


def export(name, m, f, how, outputs=("out",), types=True, **extra):
    ids = torch.randint(1, 40, (1, 7) if "static" in how else (2, 7))
    names = ["input_ids", "attention_mask", "token_type_ids"][: 3 if types else 2]
    args = (ids, torch.ones_like(ids), torch.zeros_like(ids))[: 3 if types else 2]
    path = os.path.join(OUT, name + ".onnx")
    w = Wrap(m, f, types)
    opset = int(how.split("-")[1])
    if how.startswith("script"):
        axes = {n: {0: "batch", 1: "tokens"} for n in names}
        torch.onnx.export(w, args, path, input_names=names, output_names=list(outputs), dynamo=False, opset_version=opset, dynamic_axes=axes, **extra)
    else:
        B, T = torch.export.Dim("batch", min=1, max=64), torch.export.Dim("tokens", min=2, max=48)
        shapes = None if "static" in how else tuple({0: B, 1: T} for _ in names)
        extra.setdefault("external_data", False)
        torch.onnx.export(w, args, path, input_names=names, output_names=list(outputs), dynamo=True, opset_version=opset, dynamic_shapes=shapes, verbose=False, **extra)


def rewritten(name, level):
    """By ONNX Runtime: constants folded (basic), nodes fused (extended), weights in 8 bits (int8)."""
    import onnxruntime as ort
    from onnxruntime.quantization import quantize_dynamic
    source, path = os.path.join(OUT, "source.onnx"), os.path.join(OUT, TAG + "-" + level + ".onnx")
    export("source", bert(), hidden, "script-17")
    if level == "int8":
        quantize_dynamic(source, path)
    else:
        o = ort.SessionOptions()
        o.graph_optimization_level = getattr(ort.GraphOptimizationLevel, "ORT_ENABLE_" + level.upper())
        o.optimized_model_filepath = path
        ort.InferenceSession(source, o)
    os.remove(source)


CASES = {
    "sdpa-script-14": lambda n: export(n, bert(), hidden, "script-14"),
    "eager-script-11": lambda n: export(n, bert(attention="eager"), hidden, "script-11"),
    "sdpa-dynamo-18": lambda n: export(n, bert(), hidden, "dynamo-18"),
    "sdpa-dynamo-20": lambda n: export(n, bert(heads=2, ffn=22), hidden, "dynamo-20"),
    "eager-dynamo-21": lambda n: export(n, bert(attention="eager", heads=1), hidden, "dynamo-21"),
    "sdpa-dynamo-23": lambda n: export(n, bert(), hidden, "dynamo-23"),
    "sdpa-static-20": lambda n: export(n, bert(), hidden, "static-20"),
    "dynamo-unoptimised": lambda n: export(n, bert(), hidden, "dynamo-20", optimize=False),
    "external": lambda n: export(n, bert(), hidden, "dynamo-20", external_data=True),
    "relu": lambda n: export(n, bert(act="relu"), hidden, "dynamo-20"),
    "no-types": lambda n: export(n, bert(), hidden, "dynamo-20", types=False),
    "no-types-script": lambda n: export(n, bert(), hidden, "script-17", types=False),
    "hidden-and-pooler": lambda n: export(n, bert(), both, "script-17", ("last_hidden_state", "pooler_output")),
    "pooler-only": lambda n: export(n, bert(), pooler, "script-17"),
    "mean-script": lambda n: export(n, bert(), mean, "script-17"),
    "mean-dynamo": lambda n: export(n, bert(), mean, "dynamo-20"),
    "unit-script": lambda n: export(n, bert(), unit, "script-17", ("token_embeddings", "sentence_embedding")),
    "unit-dynamo": lambda n: export(n, bert(), unit, "dynamo-20", ("token_embeddings", "sentence_embedding")),
    "cls-script": lambda n: export(n, bert(), cls, "script-17"),
    "cls-dynamo": lambda n: export(n, bert(), cls, "dynamo-20"),
    "classes-script": lambda n: export(n, bert(BertForSequenceClassification), logits, "script-17", ("logits",)),
    "classes-dynamo": lambda n: export(n, bert(BertForSequenceClassification, labels=4), logits, "dynamo-20", ("logits",)),
    "value-dynamo": lambda n: export(n, bert(BertForSequenceClassification, labels=1), logits, "dynamo-20", ("logits",)),
    "tags-script": lambda n: export(n, bert(BertForTokenClassification, labels=5), logits, "script-17", ("logits",)),
    "tags-dynamo": lambda n: export(n, bert(BertForTokenClassification, labels=5), logits, "dynamo-20", ("logits",)),
    "answers": lambda n: export(n, bert(BertForQuestionAnswering), qa, "script-17", ("start_logits", "end_logits")),
    "masked-words": lambda n: export(n, bert(BertForMaskedLM), logits, "dynamo-20", ("logits",)),
    "gelu-new": lambda n: export(n, bert(act="gelu_new"), hidden, "dynamo-20"),
    "gelu-pytorch-tanh": lambda n: export(n, bert(act="gelu_pytorch_tanh"), hidden, "dynamo-20"),
    "silu": lambda n: export(n, bert(act="silu"), hidden, "dynamo-20"),
    "electra": lambda n: export(n, bert(ElectraModel, cls=ElectraConfig, embedding_size=18), hidden, "dynamo-20"),
    "electra-projected": lambda n: export(n, bert(ElectraModel, cls=ElectraConfig, embedding_size=12), hidden, "dynamo-20"),
    "roberta": lambda n: export(n, bert(RobertaModel, cls=RobertaConfig), hidden, "dynamo-20"),
    "distilbert": lambda n: export(n, bert(DistilBertModel, cls=DistilBertConfig, dim=18, hidden_dim=20, n_layers=2, n_heads=3), hidden, "dynamo-20", types=False),
    "distilbert-script": lambda n: export(n, bert(DistilBertModel, cls=DistilBertConfig, dim=18, hidden_dim=20, n_layers=2, n_heads=3), hidden, "script-17", types=False),
    "mpnet": lambda n: export(n, bert(MPNetModel, None, cls=MPNetConfig), hidden, "dynamo-20", types=False),
    "albert": lambda n: export(n, bert(AlbertModel, cls=AlbertConfig, embedding_size=18), hidden, "dynamo-20"),
    "relative": lambda n: export(n, bert(attention="eager", position_embedding_type="relative_key"), hidden, "script-17"),
    "basic": lambda n: rewritten(n, "basic"),
    "extended": lambda n: rewritten(n, "extended"),
    "int8": lambda n: rewritten(n, "int8"),
    "decoder": lambda n: export(n, bert(is_decoder=True), hidden, "dynamo-20"),
}


def strip(path):
    """Where each node came from in Python, most of a small file, is of no use here."""
    m = onnx.load(path, load_external_data=False)
    for n in m.graph.node:
        del n.metadata_props[:]
        n.doc_string = ""
    for v in list(m.graph.value_info) + list(m.graph.input) + list(m.graph.output):
        del v.metadata_props[:]
    del m.graph.value_info[:], m.metadata_props[:], m.graph.metadata_props[:]
    onnx.save(m, path)


for name, make in CASES.items():
    if not wanted or name in wanted:
        try:
            make(TAG + "-" + name)
            strip(os.path.join(OUT, TAG + "-" + name + ".onnx"))
            print("made", name)
        except Exception as e:
            print("FAILED", name, type(e).__name__, str(e).splitlines()[0] if str(e) else "")
