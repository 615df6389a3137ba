/** The made-up outcome of a command that is never run: what its own words announce. */

const LISTING = "README.md\napp.py\n";

/** Output, exit code and how long it would take in milliseconds. */
export function inventOutput(shell: string): { output: string; exit_code: number; ms: number } {
  let output = "";
  let exit_code = 0;
  let ms = 100;
  for (const part of shell.split(/;|&&/).map((part) => part.trim())) {
    const [word = "", ...rest] = part.split(/\s+/);
    const argument = rest.filter((it) => !it.includes(">")).join(" ").replaceAll(/["']/g, "");
    switch (word) {
      case "echo":
        output += `${argument}\n`;
        break;
      case "ls":
        output += LISTING;
        break;
      case "sleep":
        ms += Number(argument) * 1000 || 0;
        break;
      case "exit":
        exit_code = Number(argument) || 0;
        break;
      case "false":
        exit_code = 1;
        break;
      case "cat":
        output += `(what ${argument || "standard input"} would hold)\n`;
        break;
    }
  }
  return { output, exit_code, ms };
}
