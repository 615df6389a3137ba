/** The bar on every page: where you are, where you can go, how fresh the page is. */
import { ConnectionBadge } from "./connection_badge.tsx";
import { openHelp } from "./help.tsx";
import { Logo } from "./icons.tsx";
import type { PageName } from "./page_state.ts";
import { hydrated, page_name, waiting } from "./state.ts";

const LINKS: { href: string; word: string; pages: PageName[]; keys: string }[] = [
  { href: "/", word: "Tower", pages: ["tower"], keys: "g d" },
  { href: "/jobs", word: "Jobs", pages: ["jobs", "job"], keys: "g j" },
  { href: "/threads", word: "Threads", pages: ["threads", "thread"], keys: "g t" },
  { href: "/agents", word: "Agents", pages: ["agents"], keys: "g a" },
  { href: "/doctor", word: "Doctor", pages: ["doctor"], keys: "g h" },
];

export function Header() {
  return (
    <header class="top">
      <a class="skip" href="#main">Skip to content</a>
      <a class="brand" href="/" aria-label="CodexDash, tower">
        <Logo />
        <span class="brand-word">CodexDash</span>
      </a>
      <nav aria-label="Pages">
        {LINKS.map(({ href, word, pages, keys }) => (
          <a
            key={href}
            href={href}
            aria-current={pages.includes(page_name.value) ? "page" : undefined}
            aria-keyshortcuts={keys}
          >
            {word}
            {href === "/" && waiting.value.length > 0 && (
              <span class="count">
                {waiting.value.length}
                <span class="visually-hidden">waiting for you</span>
              </span>
            )}
          </a>
        ))}
      </nav>
      <ConnectionBadge />
      <button
        type="button"
        class="help-button"
        aria-label="Keyboard shortcuts"
        aria-keyshortcuts="?"
        disabled={!hydrated.value}
        onClick={openHelp}
      >
        ?
      </button>
    </header>
  );
}
