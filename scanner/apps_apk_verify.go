//go:build !noapk

package scanner

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/avast/apkverifier"
	"github.com/avast/apkverifier/apilevel"
	"github.com/avast/apkverifier/signingblock"

	"github.com/icpaudit/icpaudit/observe"
)

// This file alone sees avast/apkverifier (LGPL-3.0, see NOTICE). A build with
// the tag noapk goes without it.

// verifyAPK checks an APK's signature and lists who signed it. A signature that
// does not hold is a warning: its certificates are still what the package shows.
func verifyAPK(a *archive, app *observe.App) {
	result, err := verifySignature(a)
	scheme := map[int]string{1: "v1", 2: "v2", 3: "v3", 31: "v3.1"}[result.SigningSchemeId]
	for _, chain := range result.SignerCerts {
		if len(chain) > 0 {
			addSigner(app, signerOf(scheme, chain[0]))
		}
	}
	present := len(app.Signers)
	if block := result.SigningBlockResult; block != nil {
		addPast(app, scheme, block)
	}
	for i := present; i < len(app.Signers); i++ {
		app.Signers[i].Past = true
	}
	if err != nil && !errors.Is(err, apkverifier.ErrMixedDexApkFile) || len(app.Signers) == 0 {
		code := "signature-broken"
		if len(app.Signers) == 0 {
			code = "unsigned"
		}
		a.warn(code, fmt.Sprint(err))
	}
}

// addPast adds the certificates that the present one took over from: of the
// lineage, the latest first, and of the block for older systems.
func addPast(app *observe.App, scheme string, block *signingblock.VerificationResult) {
	if block.SigningLineage != nil {
		for _, node := range slices.Backward(block.SigningLineage.Nodes) {
			if node.SigningCert != nil {
				addSigner(app, signerOf(scheme, node.SigningCert))
			}
		}
	}
	if older := block.ExtraResults[3]; older != nil {
		for _, chain := range older.Certs {
			if len(chain) > 0 {
				addSigner(app, signerOf("v3", chain[0]))
			}
		}
		addPast(app, "v3", older)
	}
}

// verifySignature asks what systems from Android 7 on make of a signature: v1
// counts where nothing newer is there. It keeps the verifier's panics. The
// archive's directory was read already, so that the verifier never falls back
// on searching the whole file.
func verifySignature(a *archive) (result apkverifier.Result, err error) {
	defer unparsable("verify the signature", &err)
	a.source.budget = 8*a.source.size + maxDirectory
	return apkverifier.VerifyWithSdkVersionReader(struct {
		io.ReadSeeker
		io.ReaderAt
	}{io.NewSectionReader(a.source, 0, a.source.size), a.source}, nil, apilevel.V7_0_Nougat, apilevel.V_AnyMax)
}
