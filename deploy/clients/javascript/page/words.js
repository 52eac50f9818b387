/** What went wrong, in words for people. */

const WORDS = {
  unauthorized: "The appliance does not know this access key. Check it, or ask the appliance's operator for one.",
  "model-unknown": "This appliance does not serve sst2-sealed, the model of this page. Ask its operator to serve it.",
  "model-left-out": "This appliance could not load sst2-sealed, the model of this page. Ask its operator; its log says why.",
  unreachable: "The appliance does not answer. Is it running, and is this computer connected? What was sent so far is kept; ask again.",
  "quota-exceeded": "This access key has used up its share for now: of answers, sessions or uploads. Try again later, or ask the operator.",
  "rate-limited": "Too many requests with this access key. Wait a moment and ask again.",
  overloaded: "The appliance is busy. Wait a moment and ask again.",
  "not-ready": "The appliance is still loading its models. Wait a moment and ask again.",
  "shutting-down": "The appliance is stopping. Ask again when it is back; your keys are kept.",
  "storage-full": "The appliance has no room for your keys. Tell its operator.",
};

export function wordsFor({ kind, message, action }) {
  return WORDS[kind] ?? (action && !message.includes(action) ? `${message} ${action}` : message);
}

/** What this browser lacks, in words; nothing if it can do all. */
export function missing() {
  if (!window.isSecureContext) {
    return "Browsers encrypt only on pages that came over HTTPS or from this very machine. Open the appliance's https address.";
  }
  if (typeof WebAssembly !== "object" || typeof Worker !== "function") {
    return "This browser has no WebAssembly, or it is switched off. Use a current Firefox, Chrome, Edge or Safari.";
  }
  return undefined;
}
