/** Token ids of texts, for a test against another tokenizer: node tokens.js TOKENIZER.JSON < TEXTS.json */

import { readFileSync } from "node:fs";
import { WordPiece } from "../src/wordpiece.js";

const tokenizer = new WordPiece(JSON.parse(readFileSync(process.argv[2], "utf8")));
const texts = JSON.parse(readFileSync(0, "utf8"));
console.log(JSON.stringify(texts.map((text) => tokenizer.pieces(text))));
