/** buildDir is where this build lies; another one lets two builds of the same checkout stand side by side. */
export const buildDir = process.env.SLIPWAY_BUILD_DIR ?? '.next';
