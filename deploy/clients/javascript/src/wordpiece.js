/**
 * BERT's tokenizer for lower-case English text, from a package's tokenizer.json: as Hugging Face's tokenizers do it.
 * The name of a special token in a text, such as [SEP], is that token.
 */

const PUNCTUATION = /^(?:[!-/:-@[-`{-~]|\p{P})$/u;
const DROPPED = /^(?:\p{Cc}|\p{Cf}|\p{Co}|\u{FFFD})$/u;
const SPACE = /^(?:[\t\n\r]|\p{Z})$/u;
const ACCENTS = /\p{Mn}/gu;
const CHINESE = [
  [0x4e00, 0x9fff], [0x3400, 0x4dbf], [0x20000, 0x2a6df], [0x2a700, 0x2b73f], [0x2b740, 0x2b81f],
  [0x2b920, 0x2ceaf], [0xf900, 0xfaff], [0x2f800, 0x2fa1f],
];

/** Longest text in UTF-16 units, as in the Java client. */
export const TEXT_MOST = 1 << 20;

function isChinese(character) {
  const code = character.codePointAt(0);
  return CHINESE.some(([first, last]) => code >= first && code <= last);
}

/** What is dropped is dropped; white space is one space; ideographs stand apart. */
function clean(text) {
  let cleaned = "";
  for (const character of text) {
    if (SPACE.test(character)) {
      cleaned += " ";
    } else if (!DROPPED.test(character)) {
      cleaned += isChinese(character) ? ` ${character} ` : character;
    }
  }
  return cleaned;
}

/** Lower case, letter by letter: a sigma at a word's end is like any other. */
function lower(text) {
  return Array.from(text, (character) => character.toLowerCase()).join("");
}

/** Lower-case words without accents; a punctuation mark is a word. */
export function words(text) {
  const found = [];
  for (const part of lower(clean(text).normalize("NFD").replace(ACCENTS, "")).split(/[\p{Z}\s]+/u)) {
    let word = "";
    for (const character of part) {
      if (PUNCTUATION.test(character)) {
        found.push(word, character);
        word = "";
      } else {
        word += character;
      }
    }
    found.push(word);
  }
  return found.filter((word) => word !== "");
}

function escaped(text) {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

/** Refuses a tokenizer.json that is not of this kind. */
function check(file) {
  const { normalizer, pre_tokenizer: splitter, model } = file;
  const known =
    normalizer?.type === "BertNormalizer" && normalizer.clean_text && normalizer.lowercase &&
    normalizer.handle_chinese_chars && normalizer.strip_accents !== false &&
    splitter?.type === "BertPreTokenizer" && model?.type === "WordPiece";
  if (!known) {
    throw new Error("the model's tokenizer is not BERT's for lower-case text, the only one this client has");
  }
}

export class WordPiece {
  /** @param file tokenizer.json, parsed */
  constructor(file) {
    check(file);
    this.ids = new Map(Object.entries(file.model.vocab));
    this.prefix = file.model.continuing_subword_prefix;
    this.unknown = file.model.unk_token;
    this.lettersMost = file.model.max_input_chars_per_word;
    this.special = new Map(file.added_tokens.map((token) => [token.content, token.id]));
    const names = [...this.special.keys()].sort((a, b) => b.length - a.length).map(escaped);
    this.specials = new RegExp(`(${names.join("|")})`, "u");
  }

  /** Ids of a word's longest pieces, or that of [UNK]. */
  #piecesOf(word) {
    const letters = Array.from(word);
    const ids = [];
    for (let start = 0; start < letters.length && letters.length <= this.lettersMost; ) {
      let end = letters.length;
      let id;
      for (; end > start && id === undefined; end -= 1) {
        id = this.ids.get((start ? this.prefix : "") + letters.slice(start, end).join(""));
      }
      if (id === undefined) {
        return [this.ids.get(this.unknown)];
      }
      ids.push(id);
      start = end + 1;
    }
    return ids.length ? ids : [this.ids.get(this.unknown)];
  }

  /**
   * Ids of a text's pieces, without those around it.
   *
   * @throws Error if the text is longer than TEXT_MOST or has half a surrogate pair
   */
  pieces(text) {
    if (text.length > TEXT_MOST) {
      throw new Error(`the text has ${text.length} characters: at most ${TEXT_MOST}`);
    }
    if (/\p{Cs}/u.test(text)) {
      throw new Error("the text has half a character (an unpaired surrogate): expected valid Unicode");
    }
    return text.split(this.specials).flatMap((part, i) =>
      i % 2 ? [this.special.get(part)] : words(part).flatMap((word) => this.#piecesOf(word)));
  }

  /** Ids of [CLS], the text's pieces and [SEP]. */
  encode(text) {
    const pieces = this.pieces(text);
    if (!pieces.length) {
      throw new Error("the text has no word: write at least one");
    }
    return [this.special.get("[CLS]"), ...pieces, this.special.get("[SEP]")];
  }

  /** The pieces of ids, as the vocabulary spells them. */
  spell(ids) {
    this.spellings ??= new Map([...this.ids].map(([piece, id]) => [id, piece]));
    return ids.map((id) => this.spellings.get(id));
  }
}
