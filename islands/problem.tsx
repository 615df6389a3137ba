/** A page that is not there, or could not be made. */
import { problem } from "./state.ts";

export function ProblemPage() {
  if (!problem.value) return null;
  return (
    <div class="page narrow-page">
      <h1>{problem.value.title}</h1>
      <p dir="auto">{problem.value.detail}</p>
      <p>
        <a class="button" href="/">To the tower</a>
      </p>
    </div>
  );
}
