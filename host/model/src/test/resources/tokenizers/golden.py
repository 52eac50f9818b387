"""Writes golden.json: what the Python package 'tokenizers' makes of every code point and of hostile texts.

    pip install tokenizers==0.23.3 && python golden.py

The tokenizers stand in golden.json themselves. Of the code points only a digest a block is kept.
"""

import hashlib
import json
import os

import tokenizers
from tokenizers import Tokenizer

BLOCK = 8192
HERE = os.path.dirname(os.path.abspath(__file__))

WORDS = ["a", "b", "c", "e", "i", "k", "s", "n", "o", "he", "met", "she", "wait", "what", "new", "york", "cafe", "ss",
         "A", "He", "Cafe", "café", "1", "2", "中", "国", "か", "が", "é", "ü", "ß", "µ", "μ", "ﬁ", "fi", "Å", "ô", "ς", "σ",
         ".", ",", "!", "?", "-", "'", "[", "]", "_", "$", "+", "`", "^", "~", "<", ">", "…", "—", "“", "”", "¿", "€",
         "sep", "mask", "cls", "SEP", "MASK", "covid", "19", "#"]
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]


def added(id, text, special, **flags):
    token = dict(id=id, content=text, single_word=False, lstrip=False, rstrip=False, normalized=not special, special=special)
    token.update(flags)
    return token


def template(first, last, ids, segment=1):
    def token(name, at): return {"SpecialToken": {"id": name, "type_id": at}}
    def text(name, at): return {"Sequence": {"id": name, "type_id": at}}
    return dict(type="TemplateProcessing",
                single=[token(first, 0), text("A", 0), token(last, 0)],
                pair=[token(first, 0), text("A", 0), token(last, 0), text("B", segment), token(last, segment)],
                special_tokens={n: dict(id=n, ids=[ids[n]], tokens=[n]) for n in (first, last)})


def word_piece(normalizer, more=(), pre=dict(type="BertPreTokenizer")):
    pieces = SPECIAL + WORDS + ["##" + w for w in WORDS]
    vocab = {p: i for i, p in enumerate(pieces)}
    tokens = [added(i, p, True) for i, p in enumerate(SPECIAL)]
    tokens += [added(len(pieces) + i, t["content"], **{k: v for k, v in t.items() if k != "content"}) for i, t in enumerate(more)]
    return dict(version="1.0", truncation=dict(direction="Right", max_length=8, strategy="LongestFirst", stride=0),
                padding=dict(strategy=dict(Fixed=16), direction="Right", pad_to_multiple_of=None, pad_id=0, pad_type_id=0,
                             pad_token="[PAD]"),
                added_tokens=tokens, normalizer=normalizer, pre_tokenizer=pre,
                post_processor=template("[CLS]", "[SEP]", vocab), decoder=dict(type="WordPiece", prefix="##", cleanup=True),
                model=dict(type="WordPiece", unk_token="[UNK]", continuing_subword_prefix="##",
                           max_input_chars_per_word=100, vocab=vocab))


def bert(lowercase, strip_accents=None, chinese=True, clean=True):
    return dict(type="BertNormalizer", clean_text=clean, handle_chinese_chars=chinese, strip_accents=strip_accents, lowercase=lowercase)


def byte_pieces(normalizer, pre):
    """Every byte of the normalized text is an id: nothing that a normalizer does stays unseen."""
    vocab = {t: i for i, t in enumerate(["<s>", "</s>", "<unk>", "▁"] + [f"<0x{b:02X}>" for b in range(256)])}
    return dict(version="1.0", truncation=None, padding=None,
                added_tokens=[added(i, t, True) for t, i in list(vocab.items())[:3]],
                normalizer=normalizer, pre_tokenizer=pre, decoder=None,
                post_processor=template("<s>", "</s>", vocab, 0),
                model=dict(type="BPE", dropout=None, unk_token="<unk>", continuing_subword_prefix=None, end_of_word_suffix=None,
                           fuse_unk=False, byte_fallback=True, ignore_merges=False, vocab=vocab, merges=[]))


def unigram():
    pieces = ["<s>", "<pad>", "</s>", "<unk>"] + ["▁" + w for w in WORDS] + WORDS + ["▁"]
    ids = {p: i for i, p in enumerate(pieces)}
    return dict(version="1.0", truncation=None, padding=None,
                added_tokens=[added(ids[t], t, True) for t in ("<s>", "<pad>", "</s>", "<unk>")],
                normalizer=dict(type="Sequence", normalizers=[dict(type="Nmt"), dict(type="NFKC"), dict(type="Replace", pattern={"Regex": " {2,}"}, content=" ")]),
                pre_tokenizer=dict(type="Sequence", pretokenizers=[dict(type="WhitespaceSplit"), dict(type="Metaspace", replacement="▁", prepend_scheme="always", split=True)]),
                post_processor=dict(type="RobertaProcessing", sep=["</s>", ids["</s>"]], cls=["<s>", ids["<s>"]], trim_offsets=True, add_prefix_space=True),
                decoder=None,
                model=dict(type="Unigram", unk_id=3, byte_fallback=False,
                           vocab=[[p, 0.0 if i < 4 else -2.0 - len(p) / 10 - i / 1000] for i, p in enumerate(pieces)]))


MORE = [dict(content="[SUBJ]", special=True), dict(content="covid19", special=False),
        dict(content="YORK", special=False, normalized=True, single_word=True),
        dict(content="<x>", special=True, lstrip=True, rstrip=True), dict(content="İx", special=False)]

TOKENIZERS = {
    "uncased": word_piece(bert(True)),
    "cased": word_piece(bert(False)),
    "lower without stripping": word_piece(bert(True, False)),
    "cased, stripped": word_piece(bert(False, True)),
    "no ideographs, not cleaned": word_piece(bert(True, None, False, False)),
    "added tokens": word_piece(bert(True), MORE),
    "added tokens, cased": word_piece(bert(False), MORE),
    "no normalizer, Whitespace": word_piece(None, (), dict(type="Whitespace")),
    "NFKC, WhitespaceSplit": word_piece(dict(type="Sequence", normalizers=[dict(type="NFKC"), dict(type="Lowercase")]), (), dict(type="WhitespaceSplit")),
    "nothing but words": word_piece(None, (), None),
    "bytes, Bert": byte_pieces(bert(True), dict(type="BertPreTokenizer")),
    "bytes, NFD": byte_pieces(dict(type="Sequence", normalizers=[dict(type="NFD"), dict(type="StripAccents"), dict(type="Strip", strip_left=True, strip_right=True)]), dict(type="Digits", individual_digits=True)),
    "bytes, ByteLevel": byte_pieces(dict(type="NFKD"), dict(type="ByteLevel", add_prefix_space=True, trim_offsets=True, use_regex=True)),
    "unigram": unigram(),
}

TEXTS = ["", " ", "\t\n\r", "a", "He met she", "NEW York", "wait\u0085what new", "wait\u000cwhat", "wait\u000bwhat", "wait\u0097what",
         "so\u00adft new", "\u00ad", "a\u0301b", "e\u0301", "\u0301", "\u0301\u0301\u0301 a", "caf\u00e9 CAFE\u0301", "\u0130x \u0130X ix", "\u1e9e STRASSE \u00df",
         "a\u0000b", "a\ufffdb", "\ufffd", "\ufeffa", "a\u200bb", "a\u200db", "a\u2028b", "a\u2029b", "a\u00a0b", "a\u3000b", "a\u1680b", "a\u202eb\u202c",
         "中国", "a中b国c", "か\u3099が", "\U0001f600", "a\U0001f468\u200d\U0001f469b", "\U00020000", "\U0002f800 \uf900", "\U000e0001a\U000e0041",
         "[SEP]", "he [SEP] she", "he[SEP]she", "[sep]", "[MASK].", "[CLS][CLS]", "[ SEP ]", "[SEP", "SEP]", "[UNK] [PAD] zzz", "[S\u00adEP]", "[SE\u0301P]",
         "he [SUBJ] met", "he [subj] met", "covid19", "COVID19 covid 19 covid190", "new YORK", "yorks york YORKs", "a <x> b", "a<x>b", "  <x>  ", "\u0130x", "i\u0307x",
         "<s> a </s>", "</s></s>", "a\u2581b", "\u2581", "<0x41>", "a  b   c", "  a", "a  ", "don't stop", "it's 'tis ''", "a.b,c!d?e", "$1+2^n~`", "...---...", "\u2026\u2014\u201c\u201d\u00bf\u20ac",
         "a" * 99, "a" * 100, "a" * 101, "\U0001d400" * 60, "\u00e9" * 100, "e\u0301" * 60, "a\u0301" * 101, "x" * 5000, "a " * 300, "\u0301" * 500 + "a", "[SEP]" * 50, "##a", "# #a ##", "a##b",
         "\ufb01 \u212b \u00b5 \u03bc \u03c2\u03a3", "\u1fbc\u0345", "\u0958 \u09dc", "\uac00\u1100\u1161", "\u0e33\u0e4d\u0e32", "\u0627\u0651\u064e", "\u05d0\u05b8", "\u0344\u0343", "\u2126\u212a",
         "a\u0007b", "a\u001bb", "a\u007fb", "a\ue000b", "a\ufdd0b", "a\U0010ffffb", "\u0378a", "\U000e0100a", "a\ufe0fb", "\u180ea", "\u115fa\u3164", "\r\na\r\n", "a\u0009b"]


def main():
    out = dict(tokenizers=tokenizers.__version__, block=BLOCK, files=TOKENIZERS, digests={}, texts=TEXTS, ids={}, pairs={}, words={})
    for name, file in TOKENIZERS.items():
        tokenizer = Tokenizer.from_str(json.dumps(file))
        tokenizer.no_padding()
        tokenizer.no_truncation()
        digests = []
        for start in range(0, 0x110000, BLOCK):
            points = (c for c in range(start, start + BLOCK) if not 0xD800 <= c < 0xE000)
            ids = tokenizer.encode(" ".join(f"a{chr(c)}b {chr(c)}" for c in points)).ids
            digests.append(hashlib.sha256(",".join(map(str, ids)).encode()).hexdigest()[:12])
        out["digests"][name] = digests
        out["ids"][name] = [tokenizer.encode(text).ids for text in TEXTS]
        pair = tokenizer.encode("he met", "new york!")
        out["pairs"][name] = [pair.ids, pair.type_ids]
        words = tokenizer.encode(["he", "\u00ad", "met-she", "[SEP]", "caf\u00e9"], is_pretokenized=True)
        out["words"][name] = [words.ids, [-1 if w is None else w for w in words.word_ids]]
    with open(os.path.join(HERE, "golden.json"), "w", encoding="ascii") as file:
        file.write("{\n" + ",\n".join(f"{json.dumps(k)}: {json.dumps(v, separators=(',', ':'))}" for k, v in out.items()) + "\n}\n")


if __name__ == "__main__":
    main()
