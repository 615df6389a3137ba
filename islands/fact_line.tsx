/** Short facts in one line, a dot between them; what does not fit is left out from the end. */
export function FactLine({ facts }: { facts: readonly string[] }) {
  return (
    <span class="facts">
      {facts.flatMap((fact, index) => [
        index > 0 && " ",
        <bdi key={fact}>{fact}</bdi>,
      ])}
    </span>
  );
}
