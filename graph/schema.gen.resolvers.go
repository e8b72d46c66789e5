// Code generated from schema.graphqls. DO NOT EDIT.
// checksum: 65de7b7833f6

package graph

import (
	"context"
	"rowhouse/graph/exec"
	"rowhouse/graph/transport"
	"rowhouse/model"
	"rowhouse/model/relay"
)

func (r *commentResolver) Author(ctx context.Context, obj *model.Comment) (*model.Member, error) {
	return model.CommentAuthor.Load(ctx, r.db, obj)
}

func (r *commentResolver) Item(ctx context.Context, obj *model.Comment) (*model.Item, error) {
	return model.CommentItem.Load(ctx, r.db, obj)
}

func (r *commentEventResolver) Item(ctx context.Context, obj *model.CommentEvent) (*model.Item, error) {
	return orNull(model.Items.ByID(ctx, r.db, obj.ItemID, exec.SelectionOf(ctx)))
}

func (r *deleteCommentPayloadResolver) Item(ctx context.Context, obj *model.DeleteCommentPayload) (*model.Item, error) {
	return orNull(model.Items.ByID(ctx, r.db, obj.ItemID, exec.SelectionOf(ctx)))
}

func (r *deleteItemPayloadResolver) Project(ctx context.Context, obj *model.DeleteItemPayload) (*model.Project, error) {
	return orNull(model.Projects.ByID(ctx, r.db, obj.ProjectID, exec.SelectionOf(ctx)))
}

func (r *itemResolver) Assignee(ctx context.Context, obj *model.Item) (*model.Member, error) {
	return model.ItemAssignee.Load(ctx, r.db, obj)
}

func (r *itemResolver) Project(ctx context.Context, obj *model.Item) (*model.Project, error) {
	return model.ItemProject.Load(ctx, r.db, obj)
}

func (r *itemResolver) Labels(ctx context.Context, obj *model.Item, first *int, after *string, last *int, before *string, where *model.LabelFilter, orderBy *model.LabelOrder) (*relay.Connection[model.Label], error) {
	return model.ItemLabels.Page(ctx, r.db, obj, r.page(ctx, first, after, last, before), where, orderBy)
}

func (r *itemResolver) Comments(ctx context.Context, obj *model.Item, first *int, after *string, last *int, before *string, where *model.CommentFilter, orderBy *model.CommentOrder) (*relay.Connection[model.Comment], error) {
	return model.ItemComments.Page(ctx, r.db, obj, r.page(ctx, first, after, last, before), where, orderBy)
}

func (r *itemCountResolver) Assignee(ctx context.Context, obj *model.ItemCount) (*model.Member, error) {
	return model.ItemCountAssignee(ctx, r.db, obj)
}

func (r *itemEventResolver) Project(ctx context.Context, obj *model.ItemEvent) (*model.Project, error) {
	return orNull(model.Projects.ByID(ctx, r.db, obj.ProjectID, exec.SelectionOf(ctx)))
}

func (r *mutationResolver) CreateMember(ctx context.Context, input model.CreateMemberInput) (*model.CreateMemberPayload, error) {
	row, err := model.CreateMember(ctx, r.db, input)
	return &model.CreateMemberPayload{Member: row}, err
}

func (r *mutationResolver) UpdateMember(ctx context.Context, input model.UpdateMemberInput) (*model.UpdateMemberPayload, error) {
	row, err := model.UpdateMember(ctx, r.db, input)
	return &model.UpdateMemberPayload{Member: row}, err
}

func (r *mutationResolver) DeleteMember(ctx context.Context, input model.DeleteMemberInput) (*model.DeleteMemberPayload, error) {
	return model.DeleteMember(ctx, r.db, input.ID)
}

func (r *mutationResolver) CreateProject(ctx context.Context, input model.CreateProjectInput) (*model.CreateProjectPayload, error) {
	row, err := model.CreateProject(ctx, r.db, input)
	return &model.CreateProjectPayload{Project: row}, err
}

func (r *mutationResolver) UpdateProject(ctx context.Context, input model.UpdateProjectInput) (*model.UpdateProjectPayload, error) {
	row, err := model.UpdateProject(ctx, r.db, input)
	return &model.UpdateProjectPayload{Project: row}, err
}

func (r *mutationResolver) DeleteProject(ctx context.Context, input model.DeleteProjectInput) (*model.DeleteProjectPayload, error) {
	return model.DeleteProject(ctx, r.db, input.ID)
}

func (r *mutationResolver) CreateItem(ctx context.Context, input model.CreateItemInput) (*model.CreateItemPayload, error) {
	row, err := model.CreateItem(ctx, r.db, input)
	return &model.CreateItemPayload{Item: row}, err
}

func (r *mutationResolver) UpdateItem(ctx context.Context, input model.UpdateItemInput) (*model.UpdateItemPayload, error) {
	row, err := model.UpdateItem(ctx, r.db, input)
	return &model.UpdateItemPayload{Item: row}, err
}

func (r *mutationResolver) DeleteItem(ctx context.Context, input model.DeleteItemInput) (*model.DeleteItemPayload, error) {
	return model.DeleteItem(ctx, r.db, input.ID)
}

func (r *mutationResolver) AddItemLabel(ctx context.Context, input model.AddItemLabelInput) (*model.AddItemLabelPayload, error) {
	row, err := model.AddItemLabel(ctx, r.db, input)
	return &model.AddItemLabelPayload{Item: row}, err
}

func (r *mutationResolver) RemoveItemLabel(ctx context.Context, input model.RemoveItemLabelInput) (*model.RemoveItemLabelPayload, error) {
	row, err := model.RemoveItemLabel(ctx, r.db, input)
	return &model.RemoveItemLabelPayload{Item: row}, err
}

func (r *mutationResolver) CreateLabel(ctx context.Context, input model.CreateLabelInput) (*model.CreateLabelPayload, error) {
	row, err := model.CreateLabel(ctx, r.db, input)
	return &model.CreateLabelPayload{Label: row}, err
}

func (r *mutationResolver) UpdateLabel(ctx context.Context, input model.UpdateLabelInput) (*model.UpdateLabelPayload, error) {
	row, err := model.UpdateLabel(ctx, r.db, input)
	return &model.UpdateLabelPayload{Label: row}, err
}

func (r *mutationResolver) DeleteLabel(ctx context.Context, input model.DeleteLabelInput) (*model.DeleteLabelPayload, error) {
	return model.DeleteLabel(ctx, r.db, input.ID)
}

func (r *mutationResolver) CreateComment(ctx context.Context, input model.CreateCommentInput) (*model.CreateCommentPayload, error) {
	row, err := model.CreateComment(ctx, r.db, input)
	return &model.CreateCommentPayload{Comment: row}, err
}

func (r *mutationResolver) UpdateComment(ctx context.Context, input model.UpdateCommentInput) (*model.UpdateCommentPayload, error) {
	row, err := model.UpdateComment(ctx, r.db, input)
	return &model.UpdateCommentPayload{Comment: row}, err
}

func (r *mutationResolver) DeleteComment(ctx context.Context, input model.DeleteCommentInput) (*model.DeleteCommentPayload, error) {
	return model.DeleteComment(ctx, r.db, input.ID)
}

func (r *projectResolver) Items(ctx context.Context, obj *model.Project, first *int, after *string, last *int, before *string, where *model.ItemFilter, orderBy *model.ItemOrder) (*relay.Connection[model.Item], error) {
	return model.ProjectItems.Page(ctx, r.db, obj, r.page(ctx, first, after, last, before), where, orderBy)
}

func (r *projectResolver) ItemCounts(ctx context.Context, obj *model.Project, by model.ItemGrouping) ([]*model.ItemCount, error) {
	return model.ProjectItemCounts.Load(ctx, r.db, obj, by)
}

func (r *queryResolver) Tenant(ctx context.Context) (*relay.Tenant, error) {
	return relay.CurrentTenant(ctx)
}

func (r *queryResolver) Node(ctx context.Context, id relay.GlobalID) (relay.Node, error) {
	return orNull(model.Types.NodeByID(ctx, r.db, id))
}

func (r *queryResolver) Nodes(ctx context.Context, ids []relay.GlobalID) ([]relay.Node, error) {
	return model.Types.NodesByID(ctx, r.db, ids)
}

func (r *queryResolver) Member(ctx context.Context, id relay.GlobalID) (*model.Member, error) {
	return orNull(model.Members.ByID(ctx, r.db, id, exec.SelectionOf(ctx)))
}

func (r *queryResolver) Members(ctx context.Context, first *int, after *string, last *int, before *string, where *model.MemberFilter, orderBy *model.MemberOrder) (*relay.Connection[model.Member], error) {
	return model.Members.Page(ctx, r.db, r.page(ctx, first, after, last, before), where, orderBy)
}

func (r *queryResolver) Project(ctx context.Context, id relay.GlobalID) (*model.Project, error) {
	return orNull(model.Projects.ByID(ctx, r.db, id, exec.SelectionOf(ctx)))
}

func (r *queryResolver) Projects(ctx context.Context, first *int, after *string, last *int, before *string, where *model.ProjectFilter, orderBy *model.ProjectOrder) (*relay.Connection[model.Project], error) {
	return model.Projects.Page(ctx, r.db, r.page(ctx, first, after, last, before), where, orderBy)
}

func (r *queryResolver) Item(ctx context.Context, id relay.GlobalID) (*model.Item, error) {
	return orNull(model.Items.ByID(ctx, r.db, id, exec.SelectionOf(ctx)))
}

func (r *queryResolver) Items(ctx context.Context, first *int, after *string, last *int, before *string, where *model.ItemFilter, orderBy *model.ItemOrder) (*relay.Connection[model.Item], error) {
	return model.Items.Page(ctx, r.db, r.page(ctx, first, after, last, before), where, orderBy)
}

func (r *queryResolver) Label(ctx context.Context, id relay.GlobalID) (*model.Label, error) {
	return orNull(model.Labels.ByID(ctx, r.db, id, exec.SelectionOf(ctx)))
}

func (r *queryResolver) Labels(ctx context.Context, first *int, after *string, last *int, before *string, where *model.LabelFilter, orderBy *model.LabelOrder) (*relay.Connection[model.Label], error) {
	return model.Labels.Page(ctx, r.db, r.page(ctx, first, after, last, before), where, orderBy)
}

func (r *queryResolver) Comment(ctx context.Context, id relay.GlobalID) (*model.Comment, error) {
	return orNull(model.Comments.ByID(ctx, r.db, id, exec.SelectionOf(ctx)))
}

func (r *queryResolver) Comments(ctx context.Context, first *int, after *string, last *int, before *string, where *model.CommentFilter, orderBy *model.CommentOrder) (*relay.Connection[model.Comment], error) {
	return model.Comments.Page(ctx, r.db, r.page(ctx, first, after, last, before), where, orderBy)
}

func (r *subscriptionResolver) ProjectChanged(ctx context.Context) (<-chan *model.ProjectEvent, error) {
	return model.ProjectEvents(ctx, r.db)
}

func (r *subscriptionResolver) ItemChanged(ctx context.Context, projectID relay.GlobalID) (<-chan *model.ItemEvent, error) {
	return model.ItemEvents(ctx, r.db, projectID, transport.CompleteFunc(ctx))
}

func (r *subscriptionResolver) CommentAdded(ctx context.Context, itemID relay.GlobalID) (<-chan *model.CommentEvent, error) {
	return model.CommentEvents(ctx, r.db, itemID, transport.CompleteFunc(ctx))
}

func (r *Resolver) Comment() CommentResolver { return &commentResolver{r} }

func (r *Resolver) CommentEvent() CommentEventResolver { return &commentEventResolver{r} }

func (r *Resolver) DeleteCommentPayload() DeleteCommentPayloadResolver {
	return &deleteCommentPayloadResolver{r}
}

func (r *Resolver) DeleteItemPayload() DeleteItemPayloadResolver {
	return &deleteItemPayloadResolver{r}
}

func (r *Resolver) Item() ItemResolver { return &itemResolver{r} }

func (r *Resolver) ItemCount() ItemCountResolver { return &itemCountResolver{r} }

func (r *Resolver) ItemEvent() ItemEventResolver { return &itemEventResolver{r} }

func (r *Resolver) Mutation() MutationResolver { return &mutationResolver{r} }

func (r *Resolver) Project() ProjectResolver { return &projectResolver{r} }

func (r *Resolver) Query() QueryResolver { return &queryResolver{r} }

func (r *Resolver) Subscription() SubscriptionResolver { return &subscriptionResolver{r} }

type (
	commentResolver              struct{ *Resolver }
	commentEventResolver         struct{ *Resolver }
	deleteCommentPayloadResolver struct{ *Resolver }
	deleteItemPayloadResolver    struct{ *Resolver }
	itemResolver                 struct{ *Resolver }
	itemCountResolver            struct{ *Resolver }
	itemEventResolver            struct{ *Resolver }
	mutationResolver             struct{ *Resolver }
	projectResolver              struct{ *Resolver }
	queryResolver                struct{ *Resolver }
	subscriptionResolver         struct{ *Resolver }
)
