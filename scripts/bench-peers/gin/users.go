package main

import (
	"encoding/csv"
	"fmt"
	"os"
)

type user struct {
	ID        string `json:"id"`
	Email     string `json:"email"`
	Name      string `json:"name"`
	CreatedAt string `json:"created_at"`
}

// loadUsers reads the CSV file with the columns id,email,name,created_at into a map by id.
func loadUsers(path string) (map[string]user, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	const columns = 4
	if len(rows) < 2 || len(rows[0]) != columns {
		return nil, fmt.Errorf("%s: expected a heading and rows of id,email,name,created_at", path)
	}
	users := make(map[string]user, len(rows)-1)
	for _, row := range rows[1:] {
		users[row[0]] = user{ID: row[0], Email: row[1], Name: row[2], CreatedAt: row[3]}
	}
	return users, nil
}
