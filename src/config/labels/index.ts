/** Files of label rules, which know the list of protocols. */
export { compileRules, LabelRuleError } from './compile-rules.js';
export { readLabelFile } from './label-file.js';
