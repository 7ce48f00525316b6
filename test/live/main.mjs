/** Runs the scenario named on the command line and prints what it found as JSON. */
const [module, name, argument] = process.argv.slice(2);
const scenarios = await import(`./${module}.mjs`);
const found = await scenarios[name](JSON.parse(argument));
process.stdout.write(JSON.stringify(found), () => process.exit(0));
