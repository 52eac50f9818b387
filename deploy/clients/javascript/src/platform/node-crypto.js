/** Node's Web Cryptography, which Node 18 does not have among its globals; SEAL takes its randomness there. */
import { webcrypto } from "node:crypto";

globalThis.crypto ??= webcrypto;

export const webCrypto = webcrypto;
