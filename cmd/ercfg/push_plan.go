package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/ercfg/ercfg/internal/artifact"
	"github.com/ercfg/ercfg/internal/render"
)

// sealedPlan reads the sealed plan in dir, and returns what each router had when it
// was made. A plan of another intent, of other templates or of another ercfg is
// refused: what would be pushed is not what was reviewed.
func sealedPlan(dir string, in *loaded, configs []artifact.Config) (map[string]string, error) {
	name := filepath.Join(dir, artifact.ManifestName)
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var m artifact.Manifest
	if err := json.Unmarshal(data, &m); err != nil || m.Schema != artifact.ManifestSchema {
		return nil, fmt.Errorf("%s is no manifest of render -o", shown(name))
	}
	now := artifact.NewManifest(readBuild().Version, in.plan.Name, in.digest, render.Digest(), configs)
	again := fmt.Sprintf("; render it again: ercfg render %s -o %s --running …", in.name, shown(dir))
	switch {
	case m.Intent != now.Intent:
		return nil, fmt.Errorf("%s: the plan was sealed for another intent, or %s has changed since%s", shown(dir), in.name, again)
	case m.Version != now.Version:
		return nil, fmt.Errorf("%s: the plan was sealed by ercfg %s, and this is %s%s", shown(dir), m.Version, now.Version, again)
	case m.Templates != now.Templates:
		return nil, fmt.Errorf("%s: the plan was sealed with other templates%s", shown(dir), again)
	}
	sealed := make(map[string]string)
	for _, r := range m.Routers {
		text, err := os.ReadFile(filepath.Join(dir, filepath.Base(r.File)))
		if err != nil {
			return nil, err
		}
		if got := (artifact.Config{Text: string(text)}).Digest(); got != r.SHA256 {
			return nil, fmt.Errorf("%s: %s is not as it was sealed", shown(dir), shown(r.File))
		}
		sealed[r.Name] = r.Running
	}
	return sealed, nil
}
