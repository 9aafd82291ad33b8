/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Keys of many meters: by identification number, by wildcard, or one for all.
 *
 *   12345678;000102030405060708090A0B0C0D0E0F          a line of a key file
 *   12345678.SEN.33.04;0001...                        also with manufacturer, version and medium
 *   1234FFFF;0001...                                   F is any digit
 *   *;0001...                                          every meter
 */
#pragma once

#include "en13757-key.h"

G_BEGIN_DECLS

typedef struct _En13757Keys En13757Keys;

En13757Keys *en13757_keys_new (void);
void en13757_keys_free (En13757Keys *self);
/* Adds a key for the meters that an address means. A second one for just the same address is an error,
 * unless it is the same key; errors say neither key nor address, which may have changed places. */
gboolean en13757_keys_add (En13757Keys *self, const gchar *address, const gchar *key, GError **error);
/* Adds the lines of a file. Errors name the line, and never a key. */
gboolean en13757_keys_load (En13757Keys *self, const gchar *path, GError **error);
guint en13757_keys_get_size (const En13757Keys *self);
/* (transfer none) (nullable): the key of a meter. One for just its address comes before wildcards, and of
 * these the first that fits. */
En13757Key *en13757_keys_find (const En13757Keys *self, const AmselIdentity *identity);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (En13757Keys, en13757_keys_free)

G_END_DECLS
