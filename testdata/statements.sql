-- a point
SELECT `id`, `key`, `name`, `status`, `priority`, `version` FROM `items` WHERE `items`.`tenant_id` = ? AND (id = ?) LIMIT ?;

-- a page with two relations
SELECT `joined_assignee`.`id` AS `joined_assignee__id`, `joined_assignee`.`name` AS `joined_assignee__name`, `joined_assignee`.`email` AS `joined_assignee__email`, `joined_project`.`id` AS `joined_project__id`, `joined_project`.`key` AS `joined_project__key`, `joined_project`.`name` AS `joined_project__name`, `items`.`id`, `items`.`key`, `items`.`name`, `items`.`status`, `items`.`project_id`, `items`.`assignee_id`, `items`.`created_at` FROM `items` USE INDEX (PRIMARY) LEFT JOIN `members` AS `joined_assignee` ON `joined_assignee`.`tenant_id` = `items`.`tenant_id` AND `joined_assignee`.`id` = `items`.`assignee_id` LEFT JOIN `projects` AS `joined_project` ON `joined_project`.`tenant_id` = `items`.`tenant_id` AND `joined_project`.`id` = `items`.`project_id` WHERE `items`.`tenant_id` = ? ORDER BY `items`.`id` DESC LIMIT ?;

-- pages in pages
(SELECT `id`, `key`, `name`, `created_at`, `project_id` FROM `items` USE INDEX (PRIMARY,`items_project`,`items_project_due`,`items_project_name`,`items_project_number`,`items_project_priority`,`items_project_status`,`items_project_updated`) WHERE `items`.`tenant_id` = ? AND `items`.`project_id` = ? ORDER BY `id` DESC LIMIT ?) UNION ALL … (10 arms);
SELECT * FROM `members` WHERE `members`.`tenant_id` = ? AND (id IN (?, …));
SELECT `id`, `body`, `author_id`, `item_id` FROM `comments` USE INDEX (PRIMARY,`comments_item`) WHERE `comments`.`tenant_id` = ? AND (`comments`.`item_id` IN (?, …)) ORDER BY `comments`.`item_id` DESC,`id` DESC LIMIT ?;
SELECT `id`, `key`, `last_number` FROM `projects` USE INDEX (PRIMARY) WHERE `projects`.`tenant_id` = ? ORDER BY `id` DESC LIMIT ?;

-- a total
SELECT count(*) FROM `items` WHERE `items`.`tenant_id` = ?;

-- totals in a page
SELECT `id`, `last_number` FROM `projects` USE INDEX (PRIMARY) WHERE `projects`.`tenant_id` = ? ORDER BY `id` DESC LIMIT ?;
SELECT project_id AS parent, COUNT(*) AS n FROM `items` WHERE `items`.`tenant_id` = ? AND (project_id IN (?, …)) GROUP BY `project_id`;

-- create
UPDATE `projects` SET `last_number`=last_number + 1 WHERE `projects`.`tenant_id` = ? AND (id = ?);
SELECT * FROM `projects` WHERE `projects`.`tenant_id` = ? AND (id = ?) LIMIT ?;
INSERT INTO `items` (`tenant_id`,`id`,`number`,`key`,`name`,`description`,`status`,`priority`,`assignee_id`,`due_at`,`project_id`,`created_at`,`updated_at`,`version`) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?);

-- update
SELECT * FROM `items` WHERE `items`.`tenant_id` = ? AND (id = ?) LIMIT ?;
UPDATE `items` SET `name`=?,`status`=?,`version`=?,`updated_at`=? WHERE `items`.`tenant_id` = ? AND (version = ? AND `id` = ?);

-- delete
SELECT * FROM `items` WHERE `items`.`tenant_id` = ? AND (id = ?) LIMIT ? FOR UPDATE;
DELETE FROM `items` WHERE `items`.`tenant_id` = ? AND (id = ?);

