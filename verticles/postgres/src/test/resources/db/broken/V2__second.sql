CREATE TABLE second (id int);
INSERT INTO nowhere VALUES (1);
