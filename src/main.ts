import { runProgram } from './cli/cli.js';

runProgram();
