-- pages in pages
(SELECT `id`, `key`, `created_at`, `project_id` FROM `items` USE INDEX (PRIMARY,`items_project`,`items_project_due`,`items_project_name`,`items_project_number`,`items_project_priority`,`items_project_status`,`items_project_updated`) WHERE `items`.`tenant_id` = ? AND `items`.`project_id` = ? ORDER BY `id` DESC LIMIT ?) UNION ALL … (10 arms);
SELECT `id`, `key`, `last_number` FROM `projects` USE INDEX (PRIMARY) WHERE `projects`.`tenant_id` = ? ORDER BY `id` DESC LIMIT ?;
SELECT `item_labels`.*, `linked`.`tenant_id` AS `linked__tenant_id`, `linked`.`id` AS `linked__id`, `linked`.`name` AS `linked__name`, `linked`.`name_key` AS `linked__name_key`, `linked`.`color` AS `linked__color` FROM `item_labels` INNER JOIN `labels` AS `linked` ON `linked`.`tenant_id` = `item_labels`.`tenant_id` AND `linked`.`id` = `item_labels`.`label_id` WHERE `item_labels`.`tenant_id` = ? AND (`item_labels`.`item_id` IN (?, …)) ORDER BY `item_labels`.`item_id` DESC,`item_labels`.`label_id` DESC LIMIT ?;

-- totals in a page
SELECT `id`, `created_at` FROM `items` USE INDEX (PRIMARY) WHERE `items`.`tenant_id` = ? ORDER BY `id` DESC LIMIT ?;
SELECT item_id AS parent, COUNT(*) AS n FROM `item_labels` WHERE `item_labels`.`tenant_id` = ? AND (item_id IN (?, …)) GROUP BY `item_id`;

-- edges
SELECT `id`, `created_at` FROM `items` USE INDEX (PRIMARY) WHERE `items`.`tenant_id` = ? ORDER BY `id` DESC LIMIT ?;
SELECT `item_labels`.*, `linked`.`tenant_id` AS `linked__tenant_id`, `linked`.`id` AS `linked__id`, `linked`.`name` AS `linked__name`, `linked`.`name_key` AS `linked__name_key`, `linked`.`color` AS `linked__color` FROM `item_labels` INNER JOIN `labels` AS `linked` ON `linked`.`tenant_id` = `item_labels`.`tenant_id` AND `linked`.`id` = `item_labels`.`label_id` WHERE `item_labels`.`tenant_id` = ? AND (`item_labels`.`item_id` IN (?, …)) ORDER BY `item_labels`.`item_id` DESC,`item_labels`.`label_id` DESC LIMIT ?;

-- remove
SELECT * FROM `items` WHERE `items`.`tenant_id` = ? AND (id = ?) LIMIT ?;
SELECT * FROM `labels` WHERE `labels`.`tenant_id` = ? AND (id = ?) LIMIT ?;
DELETE FROM `item_labels` WHERE `item_labels`.`tenant_id` = ? AND ((`item_labels`.`item_id`,`item_labels`.`label_id`) IN ((?,?)));

-- add
SELECT * FROM `items` WHERE `items`.`tenant_id` = ? AND (id = ?) LIMIT ?;
SELECT * FROM `labels` WHERE `labels`.`tenant_id` = ? AND (id = ?) LIMIT ?;
INSERT INTO `item_labels` (`tenant_id`,`item_id`,`label_id`) VALUES (?,?,?);

-- delete
SELECT * FROM `labels` WHERE `labels`.`tenant_id` = ? AND (id = ?) LIMIT ? FOR UPDATE;
SELECT `id`,`project_id` FROM `items` WHERE `items`.`tenant_id` = ? AND (id IN (SELECT `item_id` FROM `item_labels` WHERE `item_labels`.`tenant_id` = ? AND (label_id = ?))) LIMIT ?;
DELETE FROM `labels` WHERE `labels`.`tenant_id` = ? AND (id = ?);

