"""Writes the small models of this folder: families.py OUT [NAME…] (transformers 5.24, sentence-transformers 6.2, torch 2.15, tokenizers, safetensors).

Random weights of each family that is imported, saved as transformers saves a model, and expected.json with what transformers itself
or sentence-transformers computes in float64: tokens and outputs of texts and pairs. Vocabularies are trained anew and
differ from run to run where pieces are equally frequent, so a folder is written as a whole."""
import json, os, shutil, sys
import torch
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import (AlbertConfig, AlbertForSequenceClassification, BertConfig, BertForSequenceClassification, BertModel, CamembertConfig, CamembertForTokenClassification,
    DistilBertConfig, DistilBertForSequenceClassification, DistilBertForTokenClassification, DistilBertModel,
    ElectraConfig, ElectraForSequenceClassification, MPNetConfig, MPNetForSequenceClassification, MPNetModel, PreTrainedTokenizerFast, RobertaConfig, RobertaForSequenceClassification,
    XLMRobertaConfig, XLMRobertaForSequenceClassification)

OUT, NAMES = sys.argv[1], sys.argv[2:]
CORPUS = ["A warm, funny film that I would gladly watch again.", "The plot makes no sense and the jokes fall flat.",
    "Two long hours of nothing.", "Beautiful pictures, and a story that stays with you.", "What a delightful surprise!"] * 4
TEXTS = ["A warm, funny film.", "the plot FALLS flat", "Sch\u00f6ne Bilder \u2013 it\u2019s \u65e5\u672c\u8a9e", "no", "jokes  fall\tflat!?"]
PAIRS = [["A long story.", "It stays with you."], ["no", "Two hours of nothing, again"]]


def wordpiece():
    t = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    t.normalizer = normalizers.BertNormalizer(lowercase=True)
    t.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    names = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    t.train_from_iterator(CORPUS, trainers.WordPieceTrainer(vocab_size=120, special_tokens=names))
    sep, cls = (("[SEP]", t.token_to_id("[SEP]")), ("[CLS]", t.token_to_id("[CLS]")))
    t.post_processor = processors.TemplateProcessing(single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[sep, cls])
    return t, dict(zip(["pad_token", "unk_token", "cls_token", "sep_token", "mask_token"], names))


ROBERTA = dict(bos_token="<s>", cls_token="<s>", eos_token="</s>", sep_token="</s>", unk_token="<unk>", pad_token="<pad>", mask_token="<mask>")
FIRST = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]


def bytelevel():
    t = Tokenizer(models.BPE())
    t.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    t.decoder = decoders.ByteLevel()
    t.train_from_iterator(CORPUS, trainers.BpeTrainer(vocab_size=330, special_tokens=FIRST, initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
    t.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0), trim_offsets=True, add_prefix_space=False)
    return t, ROBERTA


def unigram(first, unknown, albert):
    t = Tokenizer(models.Unigram())
    if albert:
        t.normalizer = normalizers.Sequence([normalizers.Replace("``", '"'), normalizers.Replace("''", '"'), normalizers.NFKD(), normalizers.StripAccents(), normalizers.Lowercase()])
    else:
        t.normalizer = normalizers.NFKC()
    t.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace()]) if albert else pre_tokenizers.Metaspace()
    t.train_from_iterator(CORPUS, trainers.UnigramTrainer(vocab_size=100, special_tokens=first, unk_token=unknown))
    return t


def albert():
    names = ["<pad>", "<unk>", "[CLS]", "[SEP]", "[MASK]"]
    t = unigram(names, "<unk>", True)
    t.post_processor = processors.TemplateProcessing(single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
    return t, dict(zip(["pad_token", "unk_token", "cls_token", "sep_token", "mask_token"], names))


def xlm():
    t = unigram(FIRST, "<unk>", False)
    t.post_processor = processors.TemplateProcessing(single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=[("<s>", 0), ("</s>", 2)])
    return t, ROBERTA


def mpnet():
    names = ["<s>", "<pad>", "</s>", "[UNK]", "<mask>"]
    t = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    t.normalizer = normalizers.BertNormalizer(lowercase=True)
    t.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    t.train_from_iterator(CORPUS, trainers.WordPieceTrainer(vocab_size=120, special_tokens=names))
    t.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0), trim_offsets=True, add_prefix_space=False)
    return t, dict(ROBERTA, unk_token="[UNK]")


def draw(model, dtype):
    """Random weights, whole numbers of the type they are saved in, so that the file says the same."""
    with torch.no_grad():
        for n, p in model.named_parameters():
            p.copy_((torch.randn_like(p) * (0.1 if n.endswith("bias") else 0.3) + (1 if p.dim() == 1 and n.endswith("weight") else 0)).to(dtype).float())


def save(name, tokenizer, kind, config, inputs=("input_ids", "attention_mask"), shard=None, labels=("bad", "good", "fair"), dtype=torch.float16, more=()):
    if NAMES and name not in NAMES:
        return
    backend, special = tokenizer
    torch.manual_seed(len(name))
    config.vocab_size, config.id2label, config.label2id = backend.get_vocab_size(), dict(enumerate(labels)), {l: i for i, l in enumerate(labels)}
    model = kind(config).eval()
    draw(model, dtype)
    folder = os.path.join(OUT, name)
    model.to(dtype).save_pretrained(folder, **(dict(max_shard_size=shard) if shard else {}))
    PreTrainedTokenizerFast(tokenizer_object=backend, model_input_names=list(inputs), model_max_length=40, **special).save_pretrained(folder)
    fast = PreTrainedTokenizerFast.from_pretrained(folder)
    model = model.float().double()
    out = []
    for text in TEXTS + PAIRS + list(more):
        given = fast(*([text] if isinstance(text, str) else text), return_tensors="pt")
        with torch.no_grad():
            rows = model(**given)
        rows = rows.logits if hasattr(rows, "logits") else rows.last_hidden_state
        out.append(dict(texts=[text] if isinstance(text, str) else text, ids=given["input_ids"][0].tolist(), output=rows[0].tolist()))
    with open(os.path.join(folder, "expected.json"), "w") as file:
        json.dump(out, file)


TYPES = ("input_ids", "token_type_ids", "attention_mask")
distil = dict(dim=16, n_layers=2, n_heads=2, hidden_dim=24, max_position_embeddings=40)
bert = dict(hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=24)
save("distilbert", wordpiece(), DistilBertForSequenceClassification, DistilBertConfig(**distil))
save("distilbert-words", wordpiece(), DistilBertForTokenClassification, DistilBertConfig(**distil))
save("distilbert-hidden", wordpiece(), DistilBertModel, DistilBertConfig(**distil))
save("roberta", bytelevel(), RobertaForSequenceClassification, RobertaConfig(type_vocab_size=1, max_position_embeddings=42, layer_norm_eps=1e-5, **bert), shard="12KB")
save("xlm-roberta", xlm(), XLMRobertaForSequenceClassification, XLMRobertaConfig(type_vocab_size=1, max_position_embeddings=42, **bert))
save("camembert-words", xlm(), CamembertForTokenClassification, CamembertConfig(type_vocab_size=1, max_position_embeddings=42, **bert))
save("electra", wordpiece(), ElectraForSequenceClassification, ElectraConfig(embedding_size=12, max_position_embeddings=40, **bert), TYPES)
save("albert", albert(), AlbertForSequenceClassification, AlbertConfig(embedding_size=12, max_position_embeddings=40, **bert), TYPES)

# Behind 128 tokens all distances share a bucket of the bias.
LONG = "no plot " * 46
mpnet_config = dict(max_position_embeddings=162, layer_norm_eps=1e-5, **bert)
save("mpnet", mpnet(), MPNetForSequenceClassification, MPNetConfig(**mpnet_config), shard="12KB", dtype=torch.bfloat16, more=(LONG,))
save("bert-several", wordpiece(), BertForSequenceClassification, BertConfig(max_position_embeddings=40, problem_type="multi_label_classification", **bert), TYPES, dtype=torch.float32)


def sentences(name, tokenizer, kind, config, dense):
    """A folder of sentence-transformers: encoder, mean, a matrix, length 1."""
    if NAMES and name not in NAMES:
        return
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer
    backend, special = tokenizer
    torch.manual_seed(len(name))
    config.vocab_size = backend.get_vocab_size()
    inner, folder = os.path.join(OUT, name + ".encoder"), os.path.join(OUT, name)
    kind(config).save_pretrained(inner)
    PreTrainedTokenizerFast(tokenizer_object=backend, model_max_length=40, **special).save_pretrained(inner)
    encoder = Transformer(inner)
    modules = [encoder, Pooling(encoder.get_embedding_dimension(), pooling_mode="mean"), dense(), Normalize()]
    model = SentenceTransformer(modules=modules, device="cpu").eval()
    draw(model, torch.float16)
    model.save(folder, create_model_card=False)
    shutil.rmtree(inner)
    model = model.double()
    fast = PreTrainedTokenizerFast.from_pretrained(folder)
    out = [dict(texts=[t], ids=fast(t)["input_ids"], output=model.encode(t).tolist()) for t in TEXTS]
    with open(os.path.join(folder, "expected.json"), "w") as file:
        json.dump(out, file)


def cross(name, tokenizer, config):
    """A cross-encoder of sentence-transformers: the one output is a logit; its Sigmoid is the library's, not the model's."""
    if NAMES and name not in NAMES:
        return
    from sentence_transformers import CrossEncoder
    backend, special = tokenizer
    torch.manual_seed(len(name))
    config.vocab_size, config.num_labels = backend.get_vocab_size(), 1
    inner, folder = os.path.join(OUT, name + ".encoder"), os.path.join(OUT, name)
    model = BertForSequenceClassification(config)
    draw(model, torch.float16)
    model.save_pretrained(inner)
    PreTrainedTokenizerFast(tokenizer_object=backend, model_input_names=list(TYPES), model_max_length=40, **special).save_pretrained(inner)
    CrossEncoder(inner, device="cpu").save_pretrained(folder)
    os.remove(os.path.join(folder, "README.md"))
    shutil.rmtree(inner)
    model = BertForSequenceClassification.from_pretrained(folder, dtype=torch.float64).eval()
    fast = PreTrainedTokenizerFast.from_pretrained(folder)
    out = []
    for pair in PAIRS + [["Two long hours", "of nothing"]]:
        given = fast(*pair, return_tensors="pt")
        with torch.no_grad():
            out.append(dict(texts=pair, ids=given["input_ids"][0].tolist(), output=model(**given).logits[0].tolist()))
    with open(os.path.join(folder, "expected.json"), "w") as file:
        json.dump(out, file)


def tanh_matrix(inputs, outputs):
    from sentence_transformers.sentence_transformer.modules import Dense
    return Dense(inputs, outputs, activation_function=torch.nn.Tanh())


sentences("sentences-dense", wordpiece(), BertModel, BertConfig(max_position_embeddings=40, **bert), lambda: tanh_matrix(16, 12))
cross("cross-encoder", wordpiece(), BertConfig(max_position_embeddings=40, **bert))
