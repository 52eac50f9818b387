/** The client package of a model: a zip of manifest, tokenizer and embeddings, whose digests are checked. */

import { unzipSync } from "fflate";
import { sha256, toHex } from "./bytes.js";
import { WordPiece } from "./wordpiece.js";

const MANIFEST = "manifest.json";
const EMBEDDINGS = "client/embeddings.safetensors";
const TOKENIZER = "client/tokenizer.json";
const FILE_BYTES_MOST = 64 << 20;
const HEADER_BYTES_MOST = 1 << 16;
const NAMES = {
  words: "word_embeddings.weight",
  positions: "position_embeddings.weight",
  types: "token_type_embeddings.weight",
  gain: "LayerNorm.weight",
  offset: "LayerNorm.bias",
};

/** A number of 16 bits (IEEE 754 binary16). */
function half(bits) {
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  const size =
    exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15);
  return exponent === 0x1f ? NaN : bits & 0x8000 ? -size : size;
}

const READERS = {
  F16: { bytes: 2, read: (view, at) => half(view.getUint16(at, true)) },
  F32: { bytes: 4, read: (view, at) => view.getFloat32(at, true) },
  F64: { bytes: 8, read: (view, at) => view.getFloat64(at, true) },
};

/** A tensor of a safetensors file; its rows are read one by one. */
class Tensor {
  constructor(data, entry, name, width) {
    const reader = READERS[entry?.dtype];
    const [begin, end] = entry?.data_offsets ?? [];
    this.width = width;
    this.rows = entry?.shape?.length === 2 ? entry.shape[0] : 1;
    const fits =
      reader && entry.shape.at(-1) === width && Number.isInteger(begin) && begin >= 0 &&
      end - begin === this.rows * width * reader.bytes && end <= data.length;
    if (!fits) {
      throw new Error(`the embeddings have no ${name} of ${width} features as docs/protocol.md has it`);
    }
    this.reader = reader;
    this.view = new DataView(data.buffer, data.byteOffset + begin, end - begin);
  }

  row(index) {
    const { bytes, read } = this.reader;
    return Float64Array.from({ length: this.width }, (_, j) =>
      read(this.view, (index * this.width + j) * bytes));
  }
}

/** The tensors of a safetensors file: 8 bytes of length, JSON, then the numbers. */
function tensors(file, width) {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const length = file.length >= 8 ? Number(view.getBigUint64(0, true)) : Infinity;
  if (length > Math.min(HEADER_BYTES_MOST, file.length - 8)) {
    throw new Error("the embeddings are not a safetensors file");
  }
  const entries = JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + length)));
  const data = file.subarray(8 + length);
  return Object.fromEntries(Object.entries(NAMES).map(([member, name]) =>
    [member, new Tensor(data, entries[`bert.embeddings.${name}`], name, width)]));
}

function unzip(content) {
  try {
    return unzipSync(content, {
      filter: (file) => {
        if (file.originalSize > FILE_BYTES_MOST) {
          throw new Error(`${file.name} has ${file.originalSize} bytes`);
        }
        return [MANIFEST, EMBEDDINGS, TOKENIZER].includes(file.name);
      },
    });
  } catch (failure) {
    throw new Error(`the client package could not be unpacked: ${failure.message}`);
  }
}

export class ClientPackage {
  /**
   * @param content the zip
   * @param digest its SHA-256, as the model's description has it
   */
  static async open(content, digest) {
    const received = toHex(await sha256(content));
    if (received !== digest) {
      throw new Error(`the client package has SHA-256 ${received}, announced was ${digest}`);
    }
    const files = unzip(content);
    const manifest = JSON.parse(new TextDecoder().decode(files[MANIFEST]));
    for (const name of [EMBEDDINGS, TOKENIZER]) {
      const expected = manifest.files?.[name]?.sha256;
      if (!files[name] || toHex(await sha256(files[name])) !== expected) {
        throw new Error(`${name} of the client package is missing or not what its manifest says`);
      }
    }
    return new ClientPackage(manifest.shape, files);
  }

  constructor(shape, files) {
    this.shape = shape;
    this.tokenizer = new WordPiece(JSON.parse(new TextDecoder().decode(files[TOKENIZER])));
    this.embeddings = tensors(files[EMBEDDINGS], shape.width);
  }

  /** γ∘(v − mean)/√(variance + ε) + β of v = word + position + token type 0: a row for each token. */
  embed(ids) {
    const { words, positions, types, gain, offset } = this.embeddings;
    const type = types.row(0);
    const scale = gain.row(0);
    const shift = offset.row(0);
    return ids.map((id, t) => {
      const position = positions.row(t);
      const v = words.row(id).map((value, j) => value + position[j] + type[j]);
      const mean = v.reduce((sum, value) => sum + value, 0) / v.length;
      const variance = v.reduce((sum, value) => sum + (value - mean) ** 2, 0) / v.length;
      const root = Math.sqrt(variance + this.shape.layerNormEpsilon);
      return v.map((value, j) => (scale[j] * (value - mean)) / root + shift[j]);
    });
  }
}
