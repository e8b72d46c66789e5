import 'graphiql/setup-workers/vite';
import 'graphiql/style.css';
import './style.css';
import { GraphiQL } from 'graphiql';
import { createRoot } from 'react-dom/client';
import { fetcher } from './fetcher.js';
import { settings } from './settings.js';
import { loadStarters } from './starters.js';
import { TenantPicker } from './TenantPicker.jsx';

const { tabs, refusal } = await loadStarters();

createRoot(document.getElementById('playground')).render(
  <GraphiQL fetcher={fetcher} defaultTabs={tabs} defaultEditorToolsVisibility="variables">
    <GraphiQL.Logo>
      <strong className="name">{settings.title}</strong>
      {refusal && <span className="refusal" role="alert" title={refusal}>{refusal}</span>}
      <TenantPicker />
    </GraphiQL.Logo>
  </GraphiQL>,
);
