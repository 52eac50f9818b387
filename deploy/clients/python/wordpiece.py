"""BERT's tokenizer for lower-case English text, from a package's tokenizer.json."""

import json
import unicodedata


def _is_punctuation(character):
    ascii_symbol = 33 <= ord(character) <= 126 and not character.isalnum()
    return ascii_symbol or unicodedata.category(character).startswith("P")


_CHINESE = [
    (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x2A6DF),
    (0x2A700, 0x2CEAF), (0x2F800, 0x2FA1F),
]


def _stands_alone(character):
    chinese = any(first <= ord(character) <= last for first, last in _CHINESE)
    return chinese or _is_punctuation(character)


def _words(text):
    """Lower case without accents; spaces separate, and some characters are words of their own."""
    word = ""
    for character in unicodedata.normalize("NFD", text.lower()):
        category = unicodedata.category(character)
        if category == "Mn" or (category.startswith("C") and not character.isspace()):
            continue
        if character.isspace() or _stands_alone(character):
            if word:
                yield word
            word = ""
            if not character.isspace():
                yield character
        else:
            word += character
    if word:
        yield word


class WordPiece:
    """Longest pieces first; a piece within a word has the prefix ##."""

    def __init__(self, tokenizer_json):
        model = json.loads(tokenizer_json)["model"]
        self.vocabulary = model["vocab"]
        self.prefix = model["continuing_subword_prefix"]
        self.unknown = model["unk_token"]
        self.letters_most = model["max_input_chars_per_word"]

    def _pieces(self, word):
        pieces, start = [], 0
        while start < len(word) <= self.letters_most:
            end = len(word)
            while end > start:
                piece = (self.prefix if start else "") + word[start:end]
                if piece in self.vocabulary:
                    break
                end -= 1
            else:
                return [self.unknown]
            pieces.append(piece)
            start = end
        return pieces or [self.unknown]

    def ids(self, text):
        """Ids of [CLS], the text's pieces and [SEP]."""
        pieces = [piece for word in _words(text) for piece in self._pieces(word)]
        if not pieces:
            raise ValueError("the text has no word: expected at least one")
        return [self.vocabulary[piece] for piece in ["[CLS]", *pieces, "[SEP]"]]
