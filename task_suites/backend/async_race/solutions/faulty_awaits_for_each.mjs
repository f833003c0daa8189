// caught by: gives all reports in the order of the ids; leaves no rejection unhandled
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
 * @returns {Promise<unknown[]>} the reports
 */
export async function loadAll(fetchFn, ids) {
  const reports = [];
  await ids.forEach(async (id) => {
    reports.push(await loadReport(fetchFn, id));
  });
  return reports;
}
