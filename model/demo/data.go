package demo

import "rowhouse/model"

// The fields of these types are the fields of the inputs with the same names.
type (
	tenantData struct {
		slug, name string
		members    []memberData
		projects   []projectData
	}
	memberData struct {
		name, email string
		role        model.MemberRole
	}
	projectData struct {
		key, name, description string
		items                  []itemData
	}
	itemData struct {
		name, description string
		status            model.ItemStatus
		priority          model.ItemPriority
	}
)

// tenants have the ids 1 and 2 in a new database. Both have a project WEB, because keys
// are unique in a tenant, not across tenants.
var tenants = []tenantData{
	{
		slug: "acme", name: "Acme Ltd",
		members: []memberData{
			{name: "Ada Byron", email: "ada@acme.example", role: model.MemberRoleOwner},
			{name: "Grace Murray", email: "grace@acme.example", role: model.MemberRoleAdmin},
			{name: "Linus Berg", email: "linus@acme.example", role: model.MemberRoleMember},
			{name: "Mary Keller", email: "mary@acme.example", role: model.MemberRoleViewer},
		},
		projects: []projectData{
			{
				key: "WEB", name: "Web shop", description: "Everything that customers see.",
				items: []itemData{
					{
						name: "Show prices with tax", description: "In the European shops the law asks for it.",
						status: model.ItemStatusDone, priority: model.ItemPriorityHigh,
					},
					{
						name: "Basket forgets its content after log-in", description: "Only when the browser blocks third-party cookies.",
						status: model.ItemStatusInProgress, priority: model.ItemPriorityUrgent,
					},
					{
						name:   "Search understands plurals",
						status: model.ItemStatusTodo, priority: model.ItemPriorityMedium,
					},
					{
						name: "Anvil pictures load slowly", description: "4 MB each, on the start page.",
						status: model.ItemStatusInProgress, priority: model.ItemPriorityHigh,
					},
					{
						name:   "Describe the returns process",
						status: model.ItemStatusTodo, priority: model.ItemPriorityLow,
					},
					{
						name:   "Gift cards",
						status: model.ItemStatusBacklog, priority: model.ItemPriorityNone,
					},
					{
						name:   "Dark mode",
						status: model.ItemStatusBacklog, priority: model.ItemPriorityLow,
					},
				},
			},
			{
				key: "APP", name: "Courier app", description: "For the people who carry the anvils.",
				items: []itemData{
					{
						name: "Scan parcels offline", description: "Cellars have no reception.",
						status: model.ItemStatusInProgress, priority: model.ItemPriorityHigh,
					},
					{
						name:   "Route ignores closed bridges",
						status: model.ItemStatusTodo, priority: model.ItemPriorityUrgent,
					},
					{
						name:   "Large type for gloves",
						status: model.ItemStatusDone, priority: model.ItemPriorityMedium,
					},
					{
						name:   "Explain the hand-over codes",
						status: model.ItemStatusBacklog, priority: model.ItemPriorityNone,
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
		projects: []projectData{
			{
				key: "WEB", name: "Investor site", description: "Quarterly numbers and the live reactor view.",
				items: []itemData{
					{
						name:   "Reactor view freezes at midnight",
						status: model.ItemStatusInProgress, priority: model.ItemPriorityHigh,
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
						status: model.ItemStatusInProgress, priority: model.ItemPriorityUrgent,
					},
					{
						name: "Longer pulses", description: "From 4 to 6 seconds.",
						status: model.ItemStatusTodo, priority: model.ItemPriorityMedium,
					},
					{
						name:   "Evacuation plan for visitors",
						status: model.ItemStatusDone, priority: model.ItemPriorityHigh,
					},
					{
						name: "Hammocks for the break room", description: "Main Street has four shops.",
						status: model.ItemStatusBacklog, priority: model.ItemPriorityNone,
					},
				},
			},
		},
	},
}
