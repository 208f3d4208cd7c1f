package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
)

type user struct {
	ID        string `json:"id"`
	Email     string `json:"email"`
	Name      string `json:"name"`
	CreatedAt string `json:"created_at"`
}

// loadUsers reads the CSV file with the columns id,email,name,created_at into a map by id of the users as JSON:
// encoded once, as Starling's near-cache keeps them.
func loadUsers(path string) (map[string][]byte, error) {
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
	users := make(map[string][]byte, len(rows)-1)
	for _, row := range rows[1:] {
		encoded, err := json.Marshal(user{ID: row[0], Email: row[1], Name: row[2], CreatedAt: row[3]})
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		users[row[0]] = encoded
	}
	return users, nil
}
