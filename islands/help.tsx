/** The dialog with the keys. */

export function openHelp(): void {
  const dialog = document.querySelector<HTMLDialogElement>("#help");
  if (dialog && !dialog.open) dialog.showModal();
}

const KEYS: [keys: string[], what: string][] = [
  [["g", "d"], "Tower"],
  [["g", "j"], "Jobs"],
  [["g", "t"], "Threads"],
  [["g", "a"], "Agents"],
  [["g", "h"], "Doctor"],
  [["c"], "Write a prompt"],
  [["Ctrl", "Enter"], "Send it"],
  [["j"], "Next row"],
  [["k"], "Previous row"],
  [["?"], "These keys"],
  [["Esc"], "Close, or leave a field"],
];

export function Help() {
  return (
    <dialog
      id="help"
      class="help"
      aria-labelledby="help-title"
      onClick={({ target, currentTarget }) => target === currentTarget && currentTarget.close()}
    >
      <div class="help-body">
        <h2 id="help-title">Keys</h2>
        <dl>
          {KEYS.map(([keys, what]) => (
            <div key={what}>
              <dt>{keys.map((key) => <kbd key={key}>{key}</kbd>)}</dt>
              <dd>{what}</dd>
            </div>
          ))}
        </dl>
        <form method="dialog">
          <button type="submit" class="button" autofocus>Close</button>
        </form>
      </div>
    </dialog>
  );
}
