import { fetcher } from './fetcher.js';
import { settings } from './settings.js';

const STORAGE_KEY = 'rowhouse:starters';

/** Runs the lookup. Returns the tabs of a first visit with its values in their variables, and the message of its error. */
export async function loadStarters() {
  const { data, errors } = await runLookup();
  const tabs = (settings.tabs ?? []).map(({ query, variables }) => (
    variables ? { query, variables: JSON.stringify(fillPaths(variables, data), null, 2) } : { query }
  ));
  updateSavedTabs(tabs.map(({ variables }) => variables ?? ''));
  return { tabs, refusal: errors?.[0]?.message };
}

async function runLookup() {
  if (!settings.lookup) {
    return {};
  }
  try {
    const results = await fetcher({ query: settings.lookup });
    return (await results.next()).value; // the only one: a lookup defers nothing
  } catch {
    return {}; // GraphiQL loads the schema next, and shows why the server can't be reached
  }
}

// fillPaths replaces each string that starts with "$." by the value at this path of the lookup's data.
function fillPaths(value, data) {
  if (typeof value === 'string' && value.startsWith('$.')) {
    return value.slice(2).split('.').reduce((at, key) => at?.[key], data) ?? '';
  }
  if (Array.isArray(value)) {
    return value.map((item) => fillPaths(item, data));
  }
  if (value && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fillPaths(item, data)]));
  }
  return value;
}

// updateSavedTabs replaces the variables of saved tabs that were not edited since the last visit: they may name rows of
// another tenant, or of a database that was deleted since.
function updateSavedTabs(variables) {
  const last = JSON.parse(localStorage.getItem(STORAGE_KEY) ?? '[]');
  localStorage.setItem(STORAGE_KEY, JSON.stringify(variables));
  variables.forEach((current, i) => {
    if (!last[i] || last[i] === current) {
      return;
    }
    const tabs = localStorage.getItem('graphiql:tabState');
    if (tabs) {
      localStorage.setItem('graphiql:tabState', tabs.replaceAll(JSON.stringify(last[i]), JSON.stringify(current)));
    }
    // GraphiQL also saves the variables of the open tab under this key.
    if (localStorage.getItem('graphiql:variables') === last[i]) {
      localStorage.setItem('graphiql:variables', current);
    }
  });
}
