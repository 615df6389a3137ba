/** A quiet bar for a share of something. The words beside it say the same, so readers skip it. */
export function Bar({ percent }: { percent: number }) {
  const width = Math.max(0, Math.min(100, percent));
  return (
    <svg class="bar" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
      {width > 0 && <rect width={width} height="1" />}
    </svg>
  );
}
