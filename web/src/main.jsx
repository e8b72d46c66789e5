import 'graphiql/setup-workers/vite';
import 'graphiql/style.css';
import './style.css';
import { GraphiQL } from 'graphiql';
import { createRoot } from 'react-dom/client';
import { fetcher } from './fetcher.js';
import { starters } from './starters.js';
import { TenantPicker } from './TenantPicker.jsx';

createRoot(document.getElementById('playground')).render(
  <GraphiQL fetcher={fetcher} defaultTabs={await starters()} defaultEditorToolsVisibility="variables">
    <GraphiQL.Logo>
      <strong className="name">Rowhouse</strong>
      <TenantPicker />
    </GraphiQL.Logo>
  </GraphiQL>,
);
