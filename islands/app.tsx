/** The whole page: header, notices, the page itself, the keys. Rendered by the server first. */
import { Header } from "./header.tsx";
import { Help } from "./help.tsx";
import { Notices } from "./notices.tsx";
import type { Page } from "./pages.ts";

export function App({ page: Page }: { page: Page }) {
  return (
    <>
      <Header />
      <Notices />
      <main id="main" tabIndex={-1}>
        <Page />
      </main>
      <Help />
    </>
  );
}
