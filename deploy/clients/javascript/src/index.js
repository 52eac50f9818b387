export { Refusal } from "./appliance.js";
export { MemoryStore, SealedModel } from "./model.js";
