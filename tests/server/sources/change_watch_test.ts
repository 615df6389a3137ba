import assert from "node:assert/strict";
import { join } from "node:path";
import { ChangeWatch } from "../../../server/sources/change_watch.ts";
import { retryUntil } from "../../support/retry.ts";

class Watched implements AsyncDisposable {
  readonly dir = Deno.makeTempDirSync({ prefix: "codexdash-test-" });
  readonly path = join(this.dir, "file");
  #wakes = 0;
  readonly watch = new ChangeWatch(() => this.#wakes++);

  append(path = this.path): void {
    Deno.writeTextFileSync(path, "line\n", { append: true });
  }

  async wokenBy(what: string, change: () => void): Promise<void> {
    await this.quiet();
    const before = this.#wakes;
    change();
    await retryUntil(`waking by ${what}`, () => this.#wakes > before);
  }

  /** Until nothing more comes of what was done before. */
  async quiet(): Promise<void> {
    for (let seen = -1; seen !== this.#wakes;) {
      seen = this.#wakes;
      await new Promise((done) => setTimeout(done, 50));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.watch.close();
    await Deno.remove(this.dir, { recursive: true });
  }
}

Deno.test("a watched file wakes on everything that can happen to it", async () => {
  await using watched = new Watched();
  const { path, watch } = watched;
  watched.append();
  assert.equal(await watch.watch([path]), true);
  assert.equal(await watch.watch([path]), false);
  using _held = Deno.openSync(path);
  await watched.wokenBy("an append", () => watched.append());
  await watched.wokenBy("a truncation", () => Deno.truncateSync(path));
  await watched.wokenBy("a rename", () => Deno.renameSync(path, `${path}.1`));
  await watched.wokenBy("an append after it", () => watched.append(`${path}.1`));
  await watched.wokenBy("a removal", () => Deno.removeSync(`${path}.1`));
});

Deno.test("the file that took the watched one's place is watched, time and again", async () => {
  await using watched = new Watched();
  const { path, watch } = watched;
  watched.append();
  await watch.watch([path]);
  for (let n = 1; n <= 5; n++) {
    await watched.wokenBy("a replacement", () => {
      watched.append(`${path}.new`);
      Deno.renameSync(`${path}.new`, path);
    });
    assert.equal(await watch.watch([path]), true);
    await watched.wokenBy("an append", () => watched.append());
    await watched.wokenBy("a removal", () => Deno.removeSync(path));
    assert.equal(await watch.watch([path]), false);
    watched.append();
    assert.equal(await watch.watch([path]), true);
    await watched.wokenBy("an append", () => watched.append());
  }
});

Deno.test("a file without a place in the list wakes nobody", async () => {
  await using watched = new Watched();
  const { path, watch } = watched;
  for (const file of [path, `${path}.1`, `${path}.2`]) watched.append(file);
  await watch.watch([path, `${path}.1`]);
  await watched.wokenBy("the first", () => watched.append(path));
  await watched.wokenBy("the second", () => watched.append(`${path}.1`));
  assert.equal(await watch.watch([`${path}.1`, `${path}.2`]), true);
  await watched.wokenBy("the third", () => watched.append(`${path}.2`));
});
