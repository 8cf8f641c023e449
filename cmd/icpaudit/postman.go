package main

import (
	"context"
	"fmt"
	"os"
	"slices"

	"github.com/icpaudit/icpaudit/reference"
	"github.com/icpaudit/icpaudit/report/deliver"
)

// postman brings letters to the mail server and the rooms of the configuration.
// Several goroutines may use it.
type postman struct {
	mailer *deliver.Mailer // nil: no mail is configured
	chats  map[string]*deliver.Chat
}

// postman makes the senders that are needed of those that the configuration
// names; for mail needed is asked without a name. Only now are secrets read.
func (p *program) postman(c config, ref *reference.Set, needed func(channel deliver.Channel, to string) bool) (*postman, error) {
	m := &postman{chats: map[string]*deliver.Chat{}}
	if o := c.Deliver.Mail; needed(deliver.ByMail, "") {
		password, err := deliver.ReadSecret(o.PasswordFile, o.PasswordEnv, os.LookupEnv)
		if err != nil {
			return nil, fmt.Errorf("mail: %w", err)
		}
		if m.mailer, err = deliver.NewMailer(o, password); err != nil {
			return nil, err
		}
	}
	for _, o := range c.Deliver.Chats {
		if !needed(deliver.ByChat, o.Name) {
			continue
		}
		chat, err := p.chat(ref, o)
		if err != nil {
			return nil, err
		}
		m.chats[o.Name] = chat
	}
	return m, nil
}

func (p *program) chat(ref *reference.Set, o deliver.ChatOptions) (*deliver.Chat, error) {
	address, err := deliver.ReadSecret(o.URLFile, o.URLEnv, os.LookupEnv)
	if err != nil {
		return nil, fmt.Errorf("chat %s: %w", o.Name, err)
	}
	secret, err := deliver.ReadSecret(o.SecretFile, o.SecretEnv, os.LookupEnv)
	if err != nil {
		return nil, fmt.Errorf("chat %s: %w", o.Name, err)
	}
	return deliver.NewChat(ref, o, address, secret, p.now, deliver.Wait)
}

// Send brings a letter to its recipient. That its channel is not configured any
// more no other try mends.
func (m *postman) Send(ctx context.Context, l deliver.Letter) error {
	chat, known := m.chats[l.To]
	switch {
	case l.Channel == deliver.ByChat && known:
		return chat.Send(ctx, l)
	case l.Channel == deliver.ByMail && m.mailer != nil:
		return m.mailer.Send(ctx, l)
	}
	return fmt.Errorf("send letter to %s: the configuration has no such %s", l.To, l.Channel)
}

// needs says whether the letters of a plan need a sender.
func needs(plan deliver.Plan, channel deliver.Channel, to string) bool {
	return slices.ContainsFunc(plan.Drafts, func(d deliver.Draft) bool {
		return d.Skip == "" && d.Channel == channel && (to == "" || d.To == to)
	})
}
