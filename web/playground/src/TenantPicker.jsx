import { switchTenant, tenant, tenants } from './tenant.js';

/** Shows the tenant. Another one can be picked from the list or typed. */
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
        // Browsers list only the options that match the text; an empty text matches all.
        onFocus={(event) => { event.target.value = ''; }}
        onInput={(event) => isPicked(event.nativeEvent) && event.target.blur()}
        // On key up, because Enter may also pick from the list.
        onKeyUp={(event) => event.key === 'Enter' && event.target.blur()}
        onBlur={(event) => {
          const chosen = event.target.value.trim() || tenant;
          event.target.value = chosen;
          if (chosen !== tenant) {
            switchTenant(chosen);
          }
        }}
      />
      <datalist id="tenants">
        {tenants.map((name) => <option key={name} value={name} />)}
      </datalist>
    </label>
  );
}

// isPicked reports whether an input event comes from the list, not from typing.
const isPicked = (event) => !event.inputType || event.inputType === 'insertReplacementText';
