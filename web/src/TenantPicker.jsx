import { become, known, tenant } from './tenant.js';

/** Shows the tenant, and lets another be chosen from the known ones or typed. */
export function TenantPicker() {
  return (
    <label className="tenant-picker">
      Tenant
      <input
        list="tenants"
        defaultValue={tenant}
        placeholder={tenant || 'slug or number'}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        // Browsers list only what fits the text: an empty one shows all.
        onFocus={(event) => { event.target.value = ''; }}
        onInput={(event) => isChoice(event.nativeEvent) && event.target.blur()}
        // Not before the key is up: Enter may pick from the list, too.
        onKeyUp={(event) => event.key === 'Enter' && event.target.blur()}
        onBlur={(event) => {
          const chosen = event.target.value.trim() || tenant;
          event.target.value = chosen;
          if (chosen !== tenant) {
            become(chosen);
          }
        }}
      />
      <datalist id="tenants">
        {known.map((name) => <option key={name} value={name} />)}
      </datalist>
    </label>
  );
}

// isChoice tells a name that was picked from the list from one that is being typed.
const isChoice = (event) => !event.inputType || event.inputType === 'insertReplacementText';
