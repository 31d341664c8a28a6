/** processEnvironment is this process's environment, to be handed to the tools it starts. */
export function processEnvironment(): NodeJS.ProcessEnv {
  return process.env;
}
