import assert from "node:assert/strict";
import { renderToString } from "preact-render-to-string";
import { TokenList, tokenWords } from "../../islands/tokens.tsx";
import { newJob } from "../../server/store/job_rules.ts";
import type { JobRow } from "../../server/wire.ts";

const job = (fields: Partial<JobRow>): JobRow => ({ ...newJob("j1", 1), ...fields });

const text = (fields: Partial<JobRow>) =>
  renderToString(<TokenList tokens={job(fields)} />).replace(/<[^>]*>/g, " ").replace(/\s+/g, " ");

Deno.test("every figure says whether it is exact, estimated or not known", () => {
  assert.equal(tokenWords(job({})), "—");
  assert.equal(tokenWords(job({ total_tokens_exact: 1234 })), "1,234");
  assert.equal(tokenWords(job({ total_tokens_est: 1234 })), "≈ 1.2k est.");
  assert.match(text({}), /Total — not known/);
  assert.match(text({ total_tokens_exact: 1234 }), /Total 1,234 exact/);
  assert.match(
    text({ total_tokens_est: 1234, estimate_method: "chars" }),
    /Total ≈ 1,234 estimated .* Estimated from the length of its prompt and output/,
  );
  assert.doesNotMatch(text({ total_tokens_exact: 1234 }), /[Ee]stimated/);
});
