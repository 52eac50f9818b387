/** The browser's own cryptography. It has `subtle` only on pages that came over HTTPS or from this machine. */
export const webCrypto = globalThis.crypto;
