import 'graphiql/setup-workers/vite';
import 'graphiql/style.css';
import './style.css';
import { GraphiQL } from 'graphiql';
import { createRoot } from 'react-dom/client';
import { fetcher } from './fetcher.js';
import { starters } from './starters.js';
import { TenantPicker } from './TenantPicker.jsx';

const { tabs, refusal } = await starters();

createRoot(document.getElementById('playground')).render(
  <GraphiQL fetcher={fetcher} defaultTabs={tabs} defaultEditorToolsVisibility="variables">
    <GraphiQL.Logo>
      <strong className="name">Rowhouse</strong>
      {refusal && <span className="refusal" role="alert" title={refusal}>{refusal}</span>}
      <TenantPicker />
    </GraphiQL.Logo>
  </GraphiQL>,
);
