// caught by: leaves no rejection unhandled
/**
 * Loads one report.
 *
 * @param {typeof fetch} fetchFn - behaves like the standard `fetch`
 * @param {string | number} id - the id of the report
 * @returns {Promise<unknown>} the report
 */
export async function loadReport(fetchFn, id) {
  const response = await fetchFn(`/api/reports/${id}`);
  if (!response.ok) {
    throw new Error(`Report ${id} could not be loaded: status ${response.status}`);
  }
  return response.json();
}

/**
 * Loads several reports at the same time.
 *
 * @param {typeof fetch} fetchFn - behaves like the standard `fetch`
 * @param {(string | number)[]} ids - the ids of the reports
 * @returns {Promise<unknown[]>} the reports in the order of the ids
 */
export async function loadAll(fetchFn, ids) {
  const pending = ids.map((id) => loadReport(fetchFn, id));
  const reports = [];
  for (const promise of pending) {
    reports.push(await promise);
  }
  return reports;
}
