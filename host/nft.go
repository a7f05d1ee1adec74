package host

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// parseNFT finds the SECMARK labels in the output of nft -j list ruleset. It takes the objects of type secmark,
// because the kernel counts only these, and the rules that iptables-nft made with the target SECMARK.
func parseNFT(b []byte) ([]SecmarkRule, error) {
	var out struct {
		NFTables []map[string]json.RawMessage `json:"nftables"`
	}
	if err := json.Unmarshal(b, &out); err != nil {
		return nil, fmt.Errorf("output of nft: %w", err)
	}
	if out.NFTables == nil {
		return nil, fmt.Errorf("output of nft: no member nftables")
	}
	const from = "nft -j list ruleset"
	var list []SecmarkRule
	for _, item := range out.NFTables {
		if raw, ok := item["secmark"]; ok {
			var o struct{ Family, Table, Name, Context string }
			if err := json.Unmarshal(raw, &o); err != nil {
				return nil, fmt.Errorf("output of nft: secmark: %w", err)
			}
			list = append(list, SecmarkRule{Family: o.Family, Table: o.Table, Name: o.Name, Context: o.Context,
				From: from})
		}
		raw, ok := item["rule"]
		if !ok || !bytes.Contains(raw, []byte("SECMARK")) {
			continue
		}
		var rule struct {
			Family, Table, Chain string
			Expr                 []struct {
				XT struct{ Type, Name string } `json:"xt"`
			}
		}
		if err := json.Unmarshal(raw, &rule); err != nil {
			return nil, fmt.Errorf("output of nft: rule: %w", err)
		}
		for _, e := range rule.Expr {
			if e.XT.Type == "target" && e.XT.Name == "SECMARK" {
				list = append(list, SecmarkRule{Family: rule.Family, Table: rule.Table, Chain: rule.Chain, From: from})
			}
		}
	}
	return list, nil
}
