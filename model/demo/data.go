package demo

import "rowhouse/model"

// The fields of these types are the fields of the inputs with the same names.
type (
	tenantData struct {
		slug, name string
		members    []memberData
		labels     []labelData
		projects   []projectData
	}
	memberData struct {
		name, email string
		role        model.MemberRole
	}
	labelData   struct{ name, color string }
	projectData struct {
		key, name, description string
		items                  []itemData
	}
	itemData struct {
		name, description string
		status            model.ItemStatus
		priority          model.ItemPriority
		labels, comments  []string
	}
)

// tenants have the ids 1 and 2 in a new database. Both have a project WEB and a label bug, because
// names are unique in a tenant, not across tenants.
var tenants = []tenantData{
	{
		slug: "acme", name: "Acme Ltd",
		members: []memberData{
			{name: "Ada Byron", email: "ada@acme.example", role: model.MemberRoleOwner},
			{name: "Grace Murray", email: "grace@acme.example", role: model.MemberRoleAdmin},
			{name: "Linus Berg", email: "linus@acme.example", role: model.MemberRoleMember},
			{name: "Mary Keller", email: "mary@acme.example", role: model.MemberRoleViewer},
		},
		labels: []labelData{
			{name: "bug", color: "#d1242f"},
			{name: "feature", color: "#0969da"},
			{name: "docs", color: "#8250df"},
			{name: "customer", color: "#bf8700"},
		},
		projects: []projectData{
			{
				key: "WEB", name: "Web shop", description: "Everything that customers see.",
				items: []itemData{
					{
						name: "Show prices with tax", description: "In the European shops the law asks for it.",
						status: model.ItemStatusDone, priority: model.ItemPriorityHigh, labels: []string{"feature", "customer"},
						comments: []string{"Legal confirmed the wording.", "Live since Monday."},
					},
					{
						name: "Basket forgets its content after log-in", description: "Only when the browser blocks third-party cookies.",
						status: model.ItemStatusInProgress, priority: model.ItemPriorityUrgent, labels: []string{"bug", "customer"},
						comments: []string{
							"Reproduced with Safari.", "The session id changes at log-in; we merge by it.", "Fix is in review.",
						},
					},
					{
						name:   "Search understands plurals",
						status: model.ItemStatusTodo, priority: model.ItemPriorityMedium, labels: []string{"feature"},
					},
					{
						name: "Anvil pictures load slowly", description: "4 MB each, on the start page.",
						status: model.ItemStatusInProgress, priority: model.ItemPriorityHigh, labels: []string{"bug"},
						comments: []string{"AVIF brings them to 120 kB."},
					},
					{
						name:   "Describe the returns process",
						status: model.ItemStatusTodo, priority: model.ItemPriorityLow, labels: []string{"docs"},
					},
					{
						name:   "Gift cards",
						status: model.ItemStatusBacklog, priority: model.ItemPriorityNone, labels: []string{"feature", "customer"},
						comments: []string{"Asked for by three resellers."},
					},
					{
						name:   "Dark mode",
						status: model.ItemStatusBacklog, priority: model.ItemPriorityLow, labels: []string{"feature"},
					},
				},
			},
			{
				key: "APP", name: "Courier app", description: "For the people who carry the anvils.",
				items: []itemData{
					{
						name: "Scan parcels offline", description: "Cellars have no reception.",
						status: model.ItemStatusInProgress, priority: model.ItemPriorityHigh, labels: []string{"feature"},
						comments: []string{"Works for up to 200 parcels."},
					},
					{
						name:   "Route ignores closed bridges",
						status: model.ItemStatusTodo, priority: model.ItemPriorityUrgent, labels: []string{"bug"},
						comments: []string{"The map data is from March."},
					},
					{
						name:   "Large type for gloves",
						status: model.ItemStatusDone, priority: model.ItemPriorityMedium, labels: []string{"feature"},
					},
					{
						name:   "Explain the hand-over codes",
						status: model.ItemStatusBacklog, priority: model.ItemPriorityNone, labels: []string{"docs"},
					},
				},
			},
			{
				key: "OPS", name: "Operations",
				items: []itemData{
					{
						name: "Restore test of the order database", description: "Once a quarter, timed.",
						status: model.ItemStatusTodo, priority: model.ItemPriorityHigh,
					},
					{
						name:   "Rotate the payment keys",
						status: model.ItemStatusDone, priority: model.ItemPriorityUrgent,
						comments: []string{"Done on all three sites."},
					},
				},
			},
		},
	},
	{
		slug: "globex", name: "Globex Corporation",
		members: []memberData{
			{name: "Hank Scorpio", email: "hank@globex.example", role: model.MemberRoleOwner},
			{name: "Rosa Lind", email: "rosa@globex.example", role: model.MemberRoleMember},
			{name: "Wei Chen", email: "wei@globex.example", role: model.MemberRoleMember},
		},
		labels: []labelData{
			{name: "bug", color: "#cf222e"},
			{name: "safety", color: "#bc4c00"},
			{name: "research", color: "#1a7f37"},
		},
		projects: []projectData{
			{
				key: "WEB", name: "Investor site", description: "Quarterly numbers and the live reactor view.",
				items: []itemData{
					{
						name:   "Reactor view freezes at midnight",
						status: model.ItemStatusInProgress, priority: model.ItemPriorityHigh, labels: []string{"bug"},
						comments: []string{"Time zones, once more."},
					},
					{
						name:   "Publish the second quarter",
						status: model.ItemStatusTodo, priority: model.ItemPriorityUrgent,
					},
					{
						name:   "Archive reports older than ten years",
						status: model.ItemStatusBacklog, priority: model.ItemPriorityLow,
					},
				},
			},
			{
				key: "FUS", name: "Fusion pilot", description: "A small sun for Cypress Creek.",
				items: []itemData{
					{
						name: "Magnet three runs warm", description: "2 K above the others.",
						status: model.ItemStatusInProgress, priority: model.ItemPriorityUrgent, labels: []string{"safety"},
						comments: []string{"Helium flow is fine.", "Changed the sensor: it was the sensor."},
					},
					{
						name: "Longer pulses", description: "From 4 to 6 seconds.",
						status: model.ItemStatusTodo, priority: model.ItemPriorityMedium, labels: []string{"research"},
					},
					{
						name:   "Evacuation plan for visitors",
						status: model.ItemStatusDone, priority: model.ItemPriorityHigh, labels: []string{"safety"},
					},
					{
						name: "Hammocks for the break room", description: "Main Street has four shops.",
						status: model.ItemStatusBacklog, priority: model.ItemPriorityNone,
						comments: []string{"There's the Hammock Hut."},
					},
				},
			},
		},
	},
}
