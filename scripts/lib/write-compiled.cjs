// Loaded in front of the program by scripts/compile-program.mjs.
const { writeCompiled } = require('../../dist/code-cache.cjs');

process.on('exit', writeCompiled);
