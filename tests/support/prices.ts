/** A price list; its prices are invented. */
export const PRICES = {
  currency: "USD",
  source: "https://example.com/prices",
  date: "2026-11-01",
  models: {
    "gpt-6.1-sol": { input: 2, cached_input: 0.5, output: 10 },
    "gpt-6-luna": { input: 0.5, cached_input: 0.1, output: 4 },
  },
};
