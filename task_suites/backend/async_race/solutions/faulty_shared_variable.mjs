// caught by: keeps overlapping calls apart; gives all reports in the order of the ids
let data = null;

/**
 * Loads one report.
 *
 * @param {typeof fetch} fetchFn - behaves like the standard `fetch`
 * @param {string | number} id - the id of the report
 * @returns {Promise<unknown>} the report
 */
export async function loadReport(fetchFn, id) {
  data = null;
  await fetchFn(`/api/reports/${id}`)
    .then((response) => {
      if (!response.ok) {
        throw new Error(`Report ${id} could not be loaded: status ${response.status}`);
      }
      return response.json();
    })
    .then((body) => {
      data = body;
    });
  return data;
}

/**
 * Loads several reports at the same time.
 *
 * @param {typeof fetch} fetchFn - behaves like the standard `fetch`
 * @param {(string | number)[]} ids - the ids of the reports
 * @returns {Promise<unknown[]>} the reports in the order of the ids
 */
export async function loadAll(fetchFn, ids) {
  return Promise.all(ids.map((id) => loadReport(fetchFn, id)));
}
