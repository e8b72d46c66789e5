-- A call of each function of MySQL and MariaDB, by the verdict of the guard. functions_test.go
-- runs the accepted calls on a server, and looks for functions of the server that are not here.

-- ============ accepted: they read only their arguments and the clock

SELECT ABS(-1);
SELECT ACOS(1);
SELECT ADDDATE('2020-01-01', 1);
SELECT ADDTIME('2020-01-01 00:00:00', '1:00');
SELECT ADD_MONTHS('2020-01-01', 1); -- mariadb only
SELECT AES_DECRYPT(AES_ENCRYPT('a', 'key'), 'key');
SELECT AES_ENCRYPT('a', 'key');
SELECT ANY_VALUE(1); -- mysql only
SELECT ASCII('a');
SELECT ASIN(1);
SELECT ATAN(1);
SELECT ATAN2(1, 2);
SELECT AVG(1);
SELECT BIN(5);
SELECT BIN_TO_UUID(UUID_TO_BIN(UUID())); -- mysql only
SELECT BIT_AND(1);
SELECT BIT_COUNT(5);
SELECT BIT_LENGTH('a');
SELECT BIT_OR(1);
SELECT BIT_XOR(1);
SELECT CAST(1 AS CHAR);
SELECT CEIL(1.5);
SELECT CEILING(1.5);
SELECT CHAR(65);
SELECT CHARACTER_LENGTH('a');
SELECT CHARSET('a');
SELECT CHAR_LENGTH('a');
SELECT CHR(65); -- mariadb only
SELECT COALESCE(NULL, 1);
SELECT COERCIBILITY('a');
SELECT COLLATION('a');
SELECT COLUMN_ADD(COLUMN_CREATE('a', 1), 'b', 2); -- mariadb only
SELECT COLUMN_CHECK(COLUMN_CREATE('a', 1)); -- mariadb only
SELECT COLUMN_CREATE('a', 1); -- mariadb only
SELECT COLUMN_DELETE(COLUMN_CREATE('a', 1), 'a'); -- mariadb only
SELECT COLUMN_EXISTS(COLUMN_CREATE('a', 1), 'a'); -- mariadb only
SELECT COLUMN_JSON(COLUMN_CREATE('a', 1)); -- mariadb only
SELECT COLUMN_LIST(COLUMN_CREATE('a', 1)); -- mariadb only
SELECT COMPRESS('a');
SELECT CONCAT('a', 'b');
SELECT CONCAT_WS(',', 'a', 'b');
SELECT CONV('a', 16, 2);
SELECT CONVERT('a', CHAR);
SELECT CONVERT_TZ('2020-01-01', '+00:00', '+01:00');
SELECT COS(1);
SELECT COT(1);
SELECT COUNT(*);
SELECT CRC32('a');
SELECT CRC32C('a'); -- mariadb only
SELECT CUME_DIST() OVER (ORDER BY 1); -- mariadb only
SELECT CURDATE();
SELECT CURRENT_DATE();
SELECT CURRENT_TIME();
SELECT CURRENT_TIMESTAMP();
SELECT CURTIME();
SELECT DATE('2020-01-01');
SELECT DATEDIFF('2020-01-01', '2020-01-02');
SELECT DATE_ADD('2020-01-01', INTERVAL 1 DAY);
SELECT DATE_FORMAT('2020-01-01', '%Y');
SELECT DATE_SUB('2020-01-01', INTERVAL 1 DAY);
SELECT DAY('2020-01-01');
SELECT DAYNAME('2020-01-01');
SELECT DAYOFMONTH('2020-01-01');
SELECT DAYOFWEEK('2020-01-01');
SELECT DAYOFYEAR('2020-01-01');
SELECT DECODE_HISTOGRAM('SINGLE_PREC_HB', 'a'); -- mariadb only
SELECT DEGREES(1);
SELECT DENSE_RANK() OVER (ORDER BY 1); -- mariadb only
SELECT ELT(1, 'a');
SELECT EXP(1);
SELECT EXPORT_SET(5, 'y', 'n');
SELECT EXTRACT(DAY FROM '2020-01-01');
SELECT FIELD('a', 'b');
SELECT FIND_IN_SET('a', 'a,b');
SELECT FIRST_VALUE(1) OVER (ORDER BY 1); -- mariadb only
SELECT FLOOR(1.5);
SELECT FORMAT(1, 2);
SELECT FORMAT_BYTES(1000); -- mysql only
SELECT FORMAT_PICO_TIME(1000); -- mysql only
SELECT FROM_BASE64('YQ==');
SELECT FROM_DAYS(730000);
SELECT FROM_UNIXTIME(1);
SELECT FROM_VECTOR(TO_VECTOR('[1]')); -- mysql only
SELECT GET_FORMAT(DATE, 'EUR');
SELECT GREATEST(1, 2);
SELECT GROUPING(status) FROM items WHERE tenant_id = 1 GROUP BY status WITH ROLLUP; -- mysql only
SELECT GROUP_CONCAT('a');
SELECT GTID_SUBSET('', ''); -- mysql only
SELECT GTID_SUBTRACT('', ''); -- mysql only
SELECT HEX('a');
SELECT HOUR('10:00');
SELECT IF(1, 2, 3);
SELECT IFNULL(1, 2);
SELECT INET6_ATON('::1');
SELECT INET6_NTOA(INET6_ATON('::1'));
SELECT INET_ATON('127.0.0.1');
SELECT INET_NTOA(1);
SELECT INSERT('abc', 1, 1, 'x');
SELECT INSTR('abc', 'b');
SELECT INTERVAL(1, 2, 3);
SELECT ISNULL(1);
SELECT IS_IPV4('a');
SELECT IS_IPV4_COMPAT('a');
SELECT IS_IPV4_MAPPED('a');
SELECT IS_IPV6('a');
SELECT IS_UUID('a'); -- mysql only
SELECT JSON_ARRAY(1);
SELECT JSON_ARRAYAGG(1);
SELECT JSON_ARRAY_APPEND('[]', '$', 1);
SELECT JSON_ARRAY_INSERT('[]', '$[0]', 1);
SELECT JSON_COMPACT('[]'); -- mariadb only
SELECT JSON_CONTAINS('[]', '1');
SELECT JSON_CONTAINS_PATH('[]', 'one', '$');
SELECT JSON_DEPTH('[]');
SELECT JSON_DETAILED('[]'); -- mariadb only
SELECT JSON_EQUALS('[]', '[]'); -- mariadb only
SELECT JSON_EXISTS('[]', '$'); -- mariadb only
SELECT JSON_EXTRACT('[]', '$');
SELECT JSON_INSERT('{}', '$.a', 1);
SELECT JSON_KEYS('{}');
SELECT JSON_LENGTH('{}');
SELECT JSON_LOOSE('{}'); -- mariadb only
SELECT JSON_MERGE('[]', '[]');
SELECT JSON_MERGE_PATCH('[]', '[]');
SELECT JSON_MERGE_PRESERVE('[]', '[]');
SELECT JSON_NORMALIZE('[]'); -- mariadb only
SELECT JSON_OBJECT('a', 1);
SELECT JSON_OBJECTAGG('a', 1);
SELECT JSON_OVERLAPS('[]', '[]');
SELECT JSON_PRETTY('[]');
SELECT JSON_QUERY('[]', '$'); -- mariadb only
SELECT JSON_QUOTE('a');
SELECT JSON_REMOVE('{}', '$.a');
SELECT JSON_REPLACE('{}', '$.a', 1);
SELECT JSON_SCHEMA_VALID('{}', '{}'); -- mysql only
SELECT JSON_SCHEMA_VALIDATION_REPORT('{}', '{}'); -- mysql only
SELECT JSON_SEARCH('[]', 'one', 'a');
SELECT JSON_SET('{}', '$.a', 1);
SELECT JSON_STORAGE_FREE('{}'); -- mysql only
SELECT JSON_STORAGE_SIZE('{}'); -- mysql only
SELECT * FROM JSON_TABLE('[]', '$[*]' COLUMNS (a INT PATH '$')) AS j;
SELECT JSON_TYPE('{}');
SELECT JSON_UNQUOTE('"a"');
SELECT JSON_VALID('{}');
SELECT JSON_VALUE('{}', '$.a');
SELECT LAG(1) OVER (ORDER BY 1); -- mariadb only
SELECT LAST_DAY('2020-01-01');
SELECT LAST_VALUE(1) OVER (ORDER BY 1); -- mariadb only
SELECT LCASE('a');
SELECT LEAD(1) OVER (ORDER BY 1); -- mariadb only
SELECT LEAST(1, 2);
SELECT LEFT('a', 1);
SELECT LENGTH('a');
SELECT LENGTHB('a'); -- mariadb only
SELECT LINESTRING(POINT(1, 1), POINT(2, 2));
SELECT LN(1);
SELECT LOCALTIME();
SELECT LOCALTIMESTAMP();
SELECT LOCATE('a', 'abc');
SELECT LOG(1);
SELECT LOG10(1);
SELECT LOG2(1);
SELECT LOWER('a');
SELECT LPAD('a', 3, ' ');
SELECT LTRIM('a');
SELECT MAKEDATE(2020, 1);
SELECT MAKETIME(1, 1, 1);
SELECT MAKE_SET(1, 'a');
SELECT MAX(1);
SELECT MBRCONTAINS(POINT(1, 1), POINT(1, 1));
SELECT MBRCOVEREDBY(POINT(1, 1), POINT(1, 1)); -- mysql only
SELECT MBRCOVERS(POINT(1, 1), POINT(1, 1)); -- mysql only
SELECT MBRDISJOINT(POINT(1, 1), POINT(1, 1));
SELECT MBREQUAL(POINT(1, 1), POINT(1, 1)); -- mariadb only
SELECT MBREQUALS(POINT(1, 1), POINT(1, 1));
SELECT MBRINTERSECTS(POINT(1, 1), POINT(1, 1));
SELECT MBROVERLAPS(POINT(1, 1), POINT(1, 1));
SELECT MBRTOUCHES(POINT(1, 1), POINT(1, 1));
SELECT MBRWITHIN(POINT(1, 1), POINT(1, 1));
SELECT MD5('a'); -- mariadb only
SELECT MICROSECOND('10:00');
SELECT MID('abc', 2);
SELECT MIN(1);
SELECT MINUTE('10:00');
SELECT MOD(5, 3);
SELECT MONTH('2020-01-01');
SELECT MONTHNAME('2020-01-01');
SELECT MULTILINESTRING(LINESTRING(POINT(1, 1), POINT(2, 2)));
SELECT MULTIPOINT(POINT(1, 1));
SELECT MULTIPOLYGON(POLYGON(LINESTRING(POINT(0, 0), POINT(0, 1), POINT(1, 1), POINT(0, 0))));
SELECT NATURAL_SORT_KEY('a1'); -- mariadb only
SELECT NOW();
SELECT NTH_VALUE(1, 2) OVER (ORDER BY 1); -- mariadb only
SELECT NTILE(2) OVER (ORDER BY 1); -- mariadb only
SELECT NULLIF(1, 2);
SELECT NVL(1, 2); -- mariadb only
SELECT NVL2(1, 2, 3); -- mariadb only
SELECT OCT(8);
SELECT OCTET_LENGTH('a');
SELECT ORD('a');
SELECT PERCENT_RANK() OVER (ORDER BY 1); -- mariadb only
SELECT PERIOD_ADD(202001, 1);
SELECT PERIOD_DIFF(202001, 202002);
SELECT PI();
SELECT POINT(1, 2);
SELECT POLYGON(LINESTRING(POINT(0, 0), POINT(0, 1), POINT(1, 1), POINT(0, 0)));
SELECT POSITION('a' IN 'abc');
SELECT POW(2, 3);
SELECT POWER(2, 3);
SELECT QUARTER('2020-01-01');
SELECT QUOTE('a');
SELECT RADIANS(1);
SELECT RAND();
SELECT RANDOM_BYTES(4);
SELECT RANK() OVER (ORDER BY 1); -- mariadb only
SELECT REGEXP_INSTR('a', 'b');
SELECT REGEXP_LIKE('a', 'b'); -- mysql only
SELECT REGEXP_REPLACE('a', 'b', 'c');
SELECT REGEXP_SUBSTR('a', 'b');
SELECT REPEAT('a', 3);
SELECT REPLACE('a', 'a', 'b');
SELECT REVERSE('a');
SELECT RIGHT('a', 1);
SELECT ROUND(1.5);
SELECT ROW_NUMBER() OVER (ORDER BY 1); -- mariadb only
SELECT RPAD('a', 3, ' ');
SELECT RTRIM('a');
SELECT SECOND('10:00');
SELECT SEC_TO_TIME(1);
SELECT SHA('a'); -- mariadb only
SELECT SHA1('a'); -- mariadb only
SELECT SHA2('a', 256);
SELECT SIGN(1);
SELECT SIN(1);
SELECT SOUNDEX('a');
SELECT SPACE(1);
SELECT SQRT(1);
SELECT STD(1);
SELECT STDDEV(1);
SELECT STDDEV_POP(1);
SELECT STDDEV_SAMP(1);
SELECT STRCMP('a', 'b');
SELECT STRING_TO_VECTOR('[1]'); -- mysql only
SELECT STR_TO_DATE('2020', '%Y');
SELECT SUBDATE('2020-01-01', 1);
SELECT SUBSTR('abc', 1);
SELECT SUBSTRING('abc', 1);
SELECT SUBSTRING_INDEX('a.b', '.', 1);
SELECT SUBTIME('10:00:00', '1:00:00');
SELECT SUM(1);
SELECT SYSDATE();
SELECT SYS_GUID(); -- mariadb only
SELECT TAN(1);
SELECT TIME('10:00');
SELECT TIMEDIFF('10:00:00', '09:00:00');
SELECT TIMESTAMP('2020-01-01');
SELECT TIMESTAMPADD(DAY, 1, '2020-01-01');
SELECT TIMESTAMPDIFF(DAY, '2020-01-01', '2020-01-02');
SELECT TIME_FORMAT('10:00', '%H');
SELECT TIME_TO_SEC('10:00');
SELECT TO_BASE64('a');
SELECT TO_CHAR(NOW(), 'YYYY'); -- mariadb only
SELECT TO_DAYS('2020-01-01');
SELECT TO_SECONDS('2020-01-01');
SELECT TO_VECTOR('[1]'); -- mysql only
SELECT TRIM('a');
SELECT TRUNCATE(1.5, 0);
SELECT UCASE('a');
SELECT UNCOMPRESS(COMPRESS('a'));
SELECT UNCOMPRESSED_LENGTH(COMPRESS('a'));
SELECT UNHEX('41');
SELECT UNIX_TIMESTAMP();
SELECT UPPER('a');
SELECT UTC_DATE();
SELECT UTC_TIME();
SELECT UTC_TIMESTAMP();
SELECT UUID();
SELECT UUID_TO_BIN(UUID()); -- mysql only
INSERT INTO labels (tenant_id, id, name, color) VALUES (1, 'x', 'x', '#ff0000') ON DUPLICATE KEY UPDATE color = VALUES(color);
SELECT VARIANCE(1);
SELECT VAR_POP(1);
SELECT VAR_SAMP(1);
SELECT VECTOR_DIM(TO_VECTOR('[1]')); -- mysql only
SELECT VECTOR_TO_STRING(TO_VECTOR('[1]')); -- mysql only
SELECT WEEK('2020-01-01');
SELECT WEEKDAY('2020-01-01');
SELECT WEEKOFYEAR('2020-01-01');
SELECT WEIGHT_STRING('a');
SELECT YEAR('2020-01-01');
SELECT YEARWEEK('2020-01-01');
SELECT ST_Area(POLYGON(LINESTRING(POINT(0, 0), POINT(0, 1), POINT(1, 1), POINT(0, 0))));
SELECT ST_AsBinary(POINT(1, 1));
SELECT ST_AsGeoJSON(POINT(1, 1));
SELECT ST_AsText(POINT(1, 1));
SELECT ST_AsWKB(POINT(1, 1));
SELECT ST_AsWKT(POINT(1, 1));
SELECT ST_Centroid(POLYGON(LINESTRING(POINT(0, 0), POINT(0, 1), POINT(1, 1), POINT(0, 0))));
SELECT ST_ConvexHull(LINESTRING(POINT(0, 0), POINT(1, 1)));
SELECT ST_Dimension(POINT(1, 1));
SELECT ST_EndPoint(LINESTRING(POINT(0, 0), POINT(1, 1)));
SELECT ST_Envelope(LINESTRING(POINT(0, 0), POINT(1, 1)));
SELECT ST_ExteriorRing(POLYGON(LINESTRING(POINT(0, 0), POINT(0, 1), POINT(1, 1), POINT(0, 0))));
SELECT ST_GeometryType(POINT(1, 1));
SELECT ST_IsClosed(LINESTRING(POINT(0, 0), POINT(1, 1)));
SELECT ST_IsEmpty(POINT(1, 1));
SELECT ST_IsSimple(POINT(1, 1));
SELECT ST_IsValid(POINT(1, 1)); -- mysql only
SELECT ST_Length(LINESTRING(POINT(0, 0), POINT(1, 1)));
SELECT ST_NumInteriorRing(POLYGON(LINESTRING(POINT(0, 0), POINT(0, 1), POINT(1, 1), POINT(0, 0)))); -- mysql only
SELECT ST_NumInteriorRings(POLYGON(LINESTRING(POINT(0, 0), POINT(0, 1), POINT(1, 1), POINT(0, 0))));
SELECT ST_NumPoints(LINESTRING(POINT(0, 0), POINT(1, 1)));
SELECT ST_SRID(POINT(1, 1));
SELECT ST_StartPoint(LINESTRING(POINT(0, 0), POINT(1, 1)));
SELECT ST_SwapXY(POINT(1, 1)); -- mysql only
SELECT ST_Validate(POINT(1, 1)); -- mysql only
SELECT ST_X(POINT(1, 1));
SELECT ST_Y(POINT(1, 1));
SELECT ST_Boundary(POLYGON(LINESTRING(POINT(0, 0), POINT(0, 1), POINT(1, 1), POINT(0, 0)))); -- mariadb only
SELECT ST_IsRing(LINESTRING(POINT(0, 0), POINT(1, 1))); -- mariadb only
SELECT ST_PointOnSurface(POLYGON(LINESTRING(POINT(0, 0), POINT(0, 1), POINT(1, 1), POINT(0, 0)))); -- mariadb only
SELECT ST_Contains(POINT(1, 1), POINT(2, 2));
SELECT ST_Crosses(POINT(1, 1), POINT(2, 2));
SELECT ST_Difference(POINT(1, 1), POINT(2, 2));
SELECT ST_Disjoint(POINT(1, 1), POINT(2, 2));
SELECT ST_Distance(POINT(1, 1), POINT(2, 2));
SELECT ST_Distance_Sphere(POINT(1, 1), POINT(2, 2));
SELECT ST_Equals(POINT(1, 1), POINT(2, 2));
SELECT ST_Intersection(POINT(1, 1), POINT(2, 2));
SELECT ST_Intersects(POINT(1, 1), POINT(2, 2));
SELECT ST_Overlaps(POINT(1, 1), POINT(2, 2));
SELECT ST_SymDifference(POINT(1, 1), POINT(2, 2));
SELECT ST_Touches(POINT(1, 1), POINT(2, 2));
SELECT ST_Union(POINT(1, 1), POINT(2, 2));
SELECT ST_Within(POINT(1, 1), POINT(2, 2));
SELECT ST_Relate(POINT(1, 1), POINT(2, 2), 'T********'); -- mariadb only
SELECT ST_Buffer(POINT(1, 1), 2);
SELECT ST_Buffer(POINT(1, 1), 2, ST_Buffer_Strategy('point_circle', 8)); -- mysql only
SELECT ST_FrechetDistance(LINESTRING(POINT(0, 0), POINT(1, 1)), LINESTRING(POINT(0, 0), POINT(1, 2))); -- mysql only
SELECT ST_HausdorffDistance(LINESTRING(POINT(0, 0), POINT(1, 1)), LINESTRING(POINT(0, 0), POINT(1, 2))); -- mysql only
SELECT ST_GeoHash(1, 1, 5); -- mysql only
SELECT ST_GeoHash(POINT(1, 1), 5); -- mysql only
SELECT ST_LatFromGeoHash('u33'); -- mysql only
SELECT ST_LongFromGeoHash('u33'); -- mysql only
SELECT ST_PointFromGeoHash('u33', 0); -- mysql only
SELECT ST_GeomCollFromText('GEOMETRYCOLLECTION(POINT(1 1))');
SELECT ST_GeomCollFromTxt('GEOMETRYCOLLECTION(POINT(1 1))'); -- mysql only
SELECT ST_GeometryCollectionFromText('GEOMETRYCOLLECTION(POINT(1 1))');
SELECT ST_GeomFromGeoJSON('{"type": "Point", "coordinates": [1, 1]}');
SELECT ST_GeomFromText('POINT(1 1)');
SELECT ST_GeometryFromText('POINT(1 1)');
SELECT ST_GeomFromWKB(ST_AsBinary(POINT(1, 1)));
SELECT ST_InteriorRingN(POLYGON(LINESTRING(POINT(0, 0), POINT(0, 1), POINT(1, 1), POINT(0, 0))), 1);
SELECT ST_PointN(LINESTRING(POINT(0, 0), POINT(1, 1)), 1);
SELECT ST_Latitude(ST_SRID(POINT(1, 1), 4326)); -- mysql only
SELECT ST_Longitude(ST_SRID(POINT(1, 1), 4326)); -- mysql only
SELECT ST_LineFromText('LINESTRING(0 0, 1 1)');
SELECT ST_LineStringFromText('LINESTRING(0 0, 1 1)');
SELECT ST_LineFromWKB(ST_AsBinary(LINESTRING(POINT(0, 0), POINT(1, 1))));
SELECT ST_LineInterpolatePoint(LINESTRING(POINT(0, 0), POINT(1, 1)), 0.5); -- mysql only
SELECT ST_LineInterpolatePoints(LINESTRING(POINT(0, 0), POINT(1, 1)), 0.5); -- mysql only
SELECT ST_PointAtDistance(LINESTRING(POINT(0, 0), POINT(1, 1)), 0.5); -- mysql only
SELECT ST_MakeEnvelope(POINT(1, 1), POINT(2, 2)); -- mysql only
SELECT ST_MLineFromText('MULTILINESTRING((0 0, 1 1))');
SELECT ST_MLineFromWKB(ST_AsBinary(MULTILINESTRING(LINESTRING(POINT(0, 0), POINT(1, 1)))));
SELECT ST_MPointFromText('MULTIPOINT(0 0)');
SELECT ST_MPointFromWKB(ST_AsBinary(MULTIPOINT(POINT(0, 0))));
SELECT ST_MPolyFromText('MULTIPOLYGON(((0 0, 0 1, 1 1, 0 0)))');
SELECT ST_MPolyFromWKB(ST_AsBinary(ST_MPolyFromText('MULTIPOLYGON(((0 0, 0 1, 1 1, 0 0)))')));
SELECT ST_PointFromText('POINT(1 1)');
SELECT ST_PointFromWKB(ST_AsBinary(POINT(1, 1)));
SELECT ST_PolyFromText('POLYGON((0 0, 0 1, 1 1, 0 0))');
SELECT ST_PolyFromWKB(ST_AsBinary(ST_PolyFromText('POLYGON((0 0, 0 1, 1 1, 0 0))')));
SELECT ST_Simplify(LINESTRING(POINT(0, 0), POINT(1, 1)), 1); -- mysql only
SELECT ST_Transform(ST_SRID(POINT(1, 1), 4326), 4326); -- mysql only
SELECT GLENGTH(LINESTRING(POINT(0, 0), POINT(1, 1))); -- mariadb only
SELECT GEOMCOLLECTION(POINT(1, 1)); -- mysql only
SELECT GEOMETRYCOLLECTION(POINT(1, 1));
SELECT ST_GeomCollFromWKB(ST_AsBinary(GEOMETRYCOLLECTION(POINT(1, 1))));
SELECT ST_GeometryN(GEOMETRYCOLLECTION(POINT(1, 1)), 1);
SELECT ST_NumGeometries(GEOMETRYCOLLECTION(POINT(1, 1)));
INSERT INTO labels (tenant_id, id, name, color) VALUES (1, 'x', 'x', '#ff0000') ON DUPLICATE KEY UPDATE color = VALUE(color); -- mariadb only
SELECT DEFAULT(description) FROM items WHERE tenant_id = 1;

-- ============ refused

SELECT BENCHMARK(1, 1); -- refused: the function BENCHMARK spends CPU time that other tenants wait for: measure in Go
SELECT BINLOG_GTID_POS('a', 1); -- refused: the function BINLOG_GTID_POS describes replication, which tenants share: leave it out
SELECT CONCAT_OPERATOR_ORACLE('a', 'b'); -- refused: the function CONCAT_OPERATOR_ORACLE is for views in Oracle mode: write CONCAT
SELECT CONNECTION_ID(); -- refused: the function CONNECTION_ID describes the connection, which tenants share: leave it out
SELECT CURRENT_ROLE(); -- refused: line 1, column 8, at "CURRENT_ROLE()": CURRENT_ROLE is a function on some servers: quote it if it is a name
SELECT CURRENT_USER(); -- refused: the function CURRENT_USER returns the database user, which tenants share: pass the name of the caller as an argument
SELECT DATABASE(); -- refused: the function DATABASE returns the database, which tenants share: leave it out
SELECT DECODE('a', 'b'); -- refused: the function DECODE is obsolete: write AES_ENCRYPT and AES_DECRYPT
SELECT DECODE_ORACLE(1, 1, 2); -- refused: the function DECODE_ORACLE is for views in Oracle mode: write CASE
SELECT DES_DECRYPT('a'); -- refused: the function DES_DECRYPT reads keys of the server: write AES_ENCRYPT and AES_DECRYPT
SELECT DES_ENCRYPT('a'); -- refused: the function DES_ENCRYPT reads keys of the server: write AES_ENCRYPT and AES_DECRYPT
SELECT ENCODE('a', 'b'); -- refused: the function ENCODE is obsolete: write AES_ENCRYPT and AES_DECRYPT
SELECT ENCRYPT('a'); -- refused: the function ENCRYPT is for passwords of the server's users: hash in Go
SELECT EXTRACTVALUE('<a/>', '/a'); -- refused: the function EXTRACTVALUE has errors that quote the document: parse XML in Go
SELECT FOUND_ROWS(); -- refused: the function FOUND_ROWS counts rows of the connection's last SELECT, which can be another tenant's: select COUNT(*), or COUNT(*) OVER ()
SELECT GET_LOCK('a', 0); -- refused: the function GET_LOCK has locks that all tenants share: lock a row of the tenant with SELECT … FOR UPDATE
SELECT ICU_VERSION(); -- refused: the function ICU_VERSION describes the server, which tenants share: leave it out
SELECT IS_FREE_LOCK('a'); -- refused: the function IS_FREE_LOCK has locks that all tenants share: lock a row of the tenant with SELECT … FOR UPDATE
SELECT IS_USED_LOCK('a'); -- refused: the function IS_USED_LOCK has locks that all tenants share: lock a row of the tenant with SELECT … FOR UPDATE
SELECT LAST_INSERT_ID(); -- refused: the function LAST_INSERT_ID returns the id of the connection's last INSERT, which can be another tenant's: read the row by its unique key
SELECT LASTVAL(a); -- refused: the function LASTVAL reads a sequence, which tenants share: count in a row of the tenant
SELECT LOAD_FILE('/etc/passwd'); -- refused: the function LOAD_FILE reads files of the server: read them in Go
SELECT LPAD_ORACLE('a', 3); -- refused: the function LPAD_ORACLE is for views in Oracle mode: write the name without _ORACLE
SELECT LTRIM_ORACLE('a'); -- refused: the function LTRIM_ORACLE is for views in Oracle mode: write the name without _ORACLE
SELECT MASTER_GTID_WAIT('a', 0); -- refused: the function MASTER_GTID_WAIT holds a connection while it waits for replication: wait in Go
SELECT MASTER_POS_WAIT('a', 1, 1); -- refused: the function MASTER_POS_WAIT holds a connection while it waits for replication: wait in Go
SELECT MATCH (name) AGAINST ('a') FROM items WHERE tenant_id = 1; -- refused: MATCH … AGAINST ranks by the rows of all tenants: search in Go, or in a search engine
SELECT MEDIAN(number) OVER () FROM items WHERE tenant_id = 1; -- refused: line 1, column 23, at "OVER () FROM items WHERE…": the parser can't read OVER after this function: find the row by ROW_NUMBER() and COUNT(*) OVER
SELECT NAME_CONST('a', 1); -- refused: the function NAME_CONST is for the server's own use: write the value AS the name
SELECT NEXTVAL(a); -- refused: the function NEXTVAL reads a sequence, which tenants share: count in a row of the tenant
SELECT OLD_PASSWORD('a'); -- refused: the function OLD_PASSWORD is for passwords of the server's users: hash in Go
SELECT PASSWORD('a'); -- refused: the function PASSWORD is for passwords of the server's users: hash in Go
SELECT PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY number) OVER () FROM items WHERE tenant_id = 1; -- refused: line 1, column 29, at "WITHIN GROUP (ORDER BY n…": the parser can't read WITHIN GROUP: find the row by ROW_NUMBER() and COUNT(*) OVER
SELECT PERCENTILE_DISC(0.5) WITHIN GROUP (ORDER BY number) OVER () FROM items WHERE tenant_id = 1; -- refused: line 1, column 29, at "WITHIN GROUP (ORDER BY n…": the parser can't read WITHIN GROUP: find the row by ROW_NUMBER() and COUNT(*) OVER
SELECT PS_CURRENT_THREAD_ID(); -- refused: the function PS_CURRENT_THREAD_ID describes the connection, which tenants share: leave it out
SELECT PS_THREAD_ID(1); -- refused: the function PS_THREAD_ID describes the connection, which tenants share: leave it out
SELECT RELEASE_ALL_LOCKS(); -- refused: the function RELEASE_ALL_LOCKS has locks that all tenants share: lock a row of the tenant with SELECT … FOR UPDATE
SELECT RELEASE_LOCK('a'); -- refused: the function RELEASE_LOCK has locks that all tenants share: lock a row of the tenant with SELECT … FOR UPDATE
SELECT REPLACE_ORACLE('a', 'a', 'b'); -- refused: the function REPLACE_ORACLE is for views in Oracle mode: write the name without _ORACLE
SELECT ROLES_GRAPHML(); -- refused: the function ROLES_GRAPHML describes the server, which tenants share: leave it out
SELECT ROWNUM(); -- refused: the function ROWNUM counts rows in the order in which they are read: write ROW_NUMBER() OVER (ORDER BY …)
SELECT ROW_COUNT(); -- refused: the function ROW_COUNT counts rows of the connection's last statement, which can be another tenant's: take RowsAffected in Go
SELECT RPAD_ORACLE('a', 3); -- refused: the function RPAD_ORACLE is for views in Oracle mode: write the name without _ORACLE
SELECT RTRIM_ORACLE('a'); -- refused: the function RTRIM_ORACLE is for views in Oracle mode: write the name without _ORACLE
SELECT SCHEMA(); -- refused: the function SCHEMA returns the database, which tenants share: leave it out
SELECT SESSION_USER(); -- refused: the function SESSION_USER returns the database user, which tenants share: pass the name of the caller as an argument
SELECT SETVAL(a, 1); -- refused: the function SETVAL reads a sequence, which tenants share: count in a row of the tenant
SELECT SFORMAT('{}', 1); -- refused: the function SFORMAT can make a string of any length: write CONCAT and FORMAT
SELECT SLEEP(0); -- refused: the function SLEEP holds a connection that other tenants wait for: wait in Go
SELECT SOURCE_POS_WAIT('a', 1, 1); -- refused: the function SOURCE_POS_WAIT holds a connection while it waits for replication: wait in Go
SELECT STATEMENT_DIGEST('SELECT 1'); -- refused: the function STATEMENT_DIGEST takes SQL as a string, which the guard can't read: leave it out
SELECT STATEMENT_DIGEST_TEXT('SELECT 1'); -- refused: the function STATEMENT_DIGEST_TEXT takes SQL as a string, which the guard can't read: leave it out
SELECT SUBSTR_ORACLE('a', 1); -- refused: the function SUBSTR_ORACLE is for views in Oracle mode: write the name without _ORACLE
SELECT SYSTEM_USER(); -- refused: the function SYSTEM_USER returns the database user, which tenants share: pass the name of the caller as an argument
SELECT TRIM_ORACLE('a'); -- refused: the function TRIM_ORACLE is for views in Oracle mode: write the name without _ORACLE
SELECT UPDATEXML('<a/>', '/a', '<b/>'); -- refused: the function UPDATEXML has errors that quote the document: parse XML in Go
SELECT USER(); -- refused: the function USER returns the database user, which tenants share: pass the name of the caller as an argument
SELECT UUID_SHORT(); -- refused: the function UUID_SHORT counts the calls of all tenants: write UUID()
SELECT VALIDATE_PASSWORD_STRENGTH('a'); -- refused: the function VALIDATE_PASSWORD_STRENGTH describes the server, which tenants share: leave it out
SELECT VERSION(); -- refused: the function VERSION describes the server, which tenants share: leave it out
SELECT WAIT_FOR_EXECUTED_GTID_SET('a', 0); -- refused: the function WAIT_FOR_EXECUTED_GTID_SET holds a connection while it waits for replication: wait in Go
SELECT WAIT_UNTIL_SQL_THREAD_AFTER_GTIDS('a', 0); -- refused: the function WAIT_UNTIL_SQL_THREAD_AFTER_GTIDS holds a connection while it waits for replication: wait in Go
SELECT WSREP_LAST_SEEN_GTID(); -- refused: the function WSREP_LAST_SEEN_GTID describes replication, which tenants share: leave it out
SELECT WSREP_LAST_WRITTEN_GTID(); -- refused: the function WSREP_LAST_WRITTEN_GTID describes replication, which tenants share: leave it out
SELECT WSREP_SYNC_WAIT_UPTO_GTID('a'); -- refused: the function WSREP_SYNC_WAIT_UPTO_GTID holds a connection while it waits for replication: wait in Go
SELECT ST_Collect(POINT(1, 1)); -- refused: the function ST_COLLECT is an aggregate function that the parser does not know: collect in Go
SELECT ASTEXT(POINT(1, 1)); -- refused: the function ASTEXT is unknown to the guard and could read any table: compute it in Go
SELECT DISJOINT(POINT(1, 1), POINT(1, 1)); -- refused: the function DISJOINT has the name of older servers: write ST_DISJOINT
SELECT CAN_ACCESS_TABLE('a', 'b'); -- refused: the function CAN_ACCESS_TABLE is unknown to the guard and could read any table: compute it in Go
SELECT GET_DD_CREATE_OPTIONS('a', 'b', 'c'); -- refused: the function GET_DD_CREATE_OPTIONS is unknown to the guard and could read any table: compute it in Go
SELECT INTERNAL_TABLE_ROWS('a', 'b', 'c', 'd'); -- refused: the function INTERNAL_TABLE_ROWS is unknown to the guard and could read any table: compute it in Go
SELECT IS_VISIBLE_DD_OBJECT('a'); -- refused: the function IS_VISIBLE_DD_OBJECT is unknown to the guard and could read any table: compute it in Go
SELECT SPIDER_DIRECT_SQL('SELECT 1', '', ''); -- refused: the function SPIDER_DIRECT_SQL takes SQL as a string, which the guard can't read: leave it out
SELECT UUID_v4(); -- refused: the function UUID_v4 is unknown to the guard and could read any table: compute it in Go
SELECT UUID_v7(); -- refused: the function UUID_v7 is unknown to the guard and could read any table: compute it in Go
SELECT TO_DATE('2020', 'YYYY'); -- refused: the function TO_DATE is unknown to the guard and could read any table: compute it in Go
SELECT TO_NUMBER('1'); -- refused: the function TO_NUMBER is unknown to the guard and could read any table: compute it in Go
SELECT TRUNC('2020-01-01'); -- refused: the function TRUNC is unknown to the guard and could read any table: compute it in Go
SELECT MONTHS_BETWEEN('2020-01-01', '2020-02-01'); -- refused: the function MONTHS_BETWEEN is unknown to the guard and could read any table: compute it in Go
SELECT DISTANCE(TO_VECTOR('[1]'), TO_VECTOR('[1]'), 'COSINE'); -- refused: the function DISTANCE is unknown to the guard and could read any table: compute it in Go
SELECT ASYMMETRIC_DECRYPT('a'); -- refused: the function ASYMMETRIC_DECRYPT is unknown to the guard and could read any table: compute it in Go
SELECT ASYMMETRIC_ENCRYPT('a'); -- refused: the function ASYMMETRIC_ENCRYPT is unknown to the guard and could read any table: compute it in Go
SELECT ASYMMETRIC_SIGN('a'); -- refused: the function ASYMMETRIC_SIGN is unknown to the guard and could read any table: compute it in Go
SELECT ASYMMETRIC_VERIFY('a'); -- refused: the function ASYMMETRIC_VERIFY is unknown to the guard and could read any table: compute it in Go
SELECT CREATE_ASYMMETRIC_PRIV_KEY('a'); -- refused: the function CREATE_ASYMMETRIC_PRIV_KEY is unknown to the guard and could read any table: compute it in Go
SELECT CREATE_ASYMMETRIC_PUB_KEY('a'); -- refused: the function CREATE_ASYMMETRIC_PUB_KEY is unknown to the guard and could read any table: compute it in Go
SELECT CREATE_DIGEST('a'); -- refused: the function CREATE_DIGEST is unknown to the guard and could read any table: compute it in Go
SELECT SCHEMAS(); -- refused: line 1, column 8, at "SCHEMAS()": the function SCHEMAS returns the database, which tenants share: leave it out
SELECT SPIDER_COPY_TABLES('a', '', ''); -- refused: the function SPIDER_COPY_TABLES takes tables as a string, which the guard can't read: leave it out
