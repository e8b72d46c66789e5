-- a point
SELECT * FROM `items` WHERE `items`.`tenant_id` = ? AND (id = ?) LIMIT ?;

-- a page with two relations
SELECT * FROM `items` WHERE `items`.`tenant_id` = ? ORDER BY `id` DESC LIMIT ?;
SELECT * FROM `members` WHERE `members`.`tenant_id` = ? AND (id IN (?, …));
SELECT * FROM `projects` WHERE `projects`.`tenant_id` = ? AND (id IN (?, …));

-- pages in pages
(SELECT * FROM `comments` WHERE `comments`.`tenant_id` = ? AND `comments`.`item_id` = ? ORDER BY `id` DESC LIMIT ?) UNION ALL … (100 arms);
(SELECT * FROM `items` WHERE `items`.`tenant_id` = ? AND `items`.`project_id` = ? ORDER BY `id` DESC LIMIT ?) UNION ALL … (10 arms);
SELECT * FROM `members` WHERE `members`.`tenant_id` = ? AND (id IN (?, …));
SELECT * FROM `projects` WHERE `projects`.`tenant_id` = ? ORDER BY `id` DESC LIMIT ?;

-- a total
SELECT count(*) FROM `items` WHERE `items`.`tenant_id` = ?;

-- totals in a page
SELECT * FROM `projects` WHERE `projects`.`tenant_id` = ? ORDER BY `id` DESC LIMIT ?;
SELECT project_id AS parent, COUNT(*) AS n FROM `items` WHERE `items`.`tenant_id` = ? AND (project_id IN (?, …)) GROUP BY `project_id`;

-- create
UPDATE `projects` SET `last_number`=last_number + 1 WHERE `projects`.`tenant_id` = ? AND (id = ?);
SELECT * FROM `projects` WHERE `projects`.`tenant_id` = ? AND (id = ?) LIMIT ?;
INSERT INTO `items` (`tenant_id`,`id`,`number`,`key`,`name`,`description`,`status`,`priority`,`assignee_id`,`due_at`,`project_id`,`created_at`,`updated_at`,`version`) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?);

-- update
SELECT * FROM `items` WHERE `items`.`tenant_id` = ? AND (id = ?) LIMIT ? FOR UPDATE;
UPDATE `items` SET `name`=?,`status`=?,`version`=?,`updated_at`=? WHERE `items`.`tenant_id` = ? AND (`id` = ?);

-- delete
SELECT * FROM `items` WHERE `items`.`tenant_id` = ? AND (id = ?) LIMIT ? FOR UPDATE;
DELETE FROM `items` WHERE `items`.`tenant_id` = ? AND (id = ?);

