/** A job as a file, in the formats that there are. */

const FORMATS = [
  { word: "Markdown", format: "md" },
  { word: "JSON", format: "json" },
  { word: "Text", format: "txt" },
];

export function ExportLinks({ job_id }: { job_id: string }) {
  return (
    <div class="export-links">
      <span id="export-title" class="hint">Export</span>
      <ul aria-labelledby="export-title">
        {FORMATS.map(({ word, format }) => (
          <li key={format}>
            <a
              class="button small"
              href={`/api/export?${new URLSearchParams({ job: job_id, format })}`}
              download
            >
              {word}
            </a>
          </li>
        ))}
      </ul>
    </div>
  );
}
