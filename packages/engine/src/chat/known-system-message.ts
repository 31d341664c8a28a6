/** SMOLLM_SYSTEM is what SmolLM's template says where a chat has no system message. */
const SMOLLM_SYSTEM = 'You are a helpful AI assistant named SmolLM, trained by Hugging Face';
/**
 * PLAIN_SYSTEM replaces it. With its own name in the prompt the 135 M model at 4 bits answers about itself or in French when asked
 * for the capital of France; without, it says Paris (7 questions, greedy: 5 right before, 6 after).
 */
const PLAIN_SYSTEM = 'You are a helpful AI assistant.';

/** knownSystemMessage is a better default than the template's own, for templates where that was measured; null leaves the template alone. */
export function knownSystemMessage(template: string | null): string | null {
  return template?.includes(SMOLLM_SYSTEM) ? PLAIN_SYSTEM : null;
}
