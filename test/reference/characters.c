// The first generator of invented characters, in C and single precision, from which src/data/characters was rewritten:
// figures of 9,600 characters of 600 alphabets, and of two 32 by 32 drawings of each.
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
typedef struct {
  uint64_t s;
} R;
static float V2 = .8f;
static inline uint64_t nx(R *r) {
  uint64_t z = (r->s += 0x9E3779B97F4A7C15ull);
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
  return z ^ (z >> 31);
}
static inline float U(R *r) { return (nx(r) >> 40) * (1.0f / 16777216.0f); }
static inline float UR(R *r, float a, float b) { return a + (b - a) * U(r); }
static float N(R *r) {
  float u = U(r) + 1e-7f, v = U(r);
  return sqrtf(-2 * logf(u)) * cosf(6.2831853f * v);
}
static inline int I(R *r, int n) { return (int)(nx(r) % n); }
#define NP 12 // points of a sub-stroke, first at 0,0
#define MS 6  // strokes
#define MK 7  // sub-strokes
typedef struct {
  float x[NP], y[NP];
  int straight;
  float len;
} Prim;
typedef struct {
  Prim p;
  float round;
} Sub; // round: how smooth the joint to the one before is
typedef struct {
  int rel, to, rel2, to2;
  float pos, pos2, mypos;
  float ax, ay;
  int closed, dot;
} At;
typedef struct {
  int n;
  Sub s[MK];
  At a;
} Stroke;
typedef struct {
  int n;
  Stroke s[MS];
} Char;
typedef struct {
  int n;
  Prim p[16];
  float pl[16];
  int nst[4];
  float grid, mutate, pattach, pnew, roundj;
  float wst[6];
  float sub[5];
  float tw[7], axis, prep, ppar;
} Alph;
// parameters of the drawing, all on sd
typedef struct {
  float shear, aspect, rot;     // affine, per drawer and drawing
  float subrot, subscale, bend; // of each sub-stroke
  float shift, sscale, srot;    // of each stroke
  float attach;                 // jitter of where strokes join
  float warp;                   // low-frequency warp
  float tremor, over;           // high-frequency, overshoot
  float wmin, wmax, blur;       // pen radius in px of 32, blur
  float nshift, nscale;         // error of the normalisation
  float share;
  int mode;     // 0 box, 1 moments
  float mutate; // share of characters that are variants of another
  float drop;   // gap
  float size;
} Cfg;
static int pick(R *r, const float *w, int n) {
  float s = 0;
  for (int i = 0; i < n; i++)
    s += w[i];
  float u = U(r) * s;
  for (int i = 0; i < n; i++) {
    u -= w[i];
    if (u < 0)
      return i;
  }
  return n - 1;
}
static void prim(R *r, const Alph *al, Prim *p, float len) {
  int t;
  memset(p, 0, sizeof *p);
  p->len = len;
  t = pick(r, al->tw, 7);
  float dir; // directions prefer axes and diagonals
  {
    float v = U(r);
    if (v < al->axis)
      dir = (float)(I(r, 4)) * 1.5707963f + N(r) * .1f;
    else if (v < .5f + .5f * al->axis)
      dir = (float)(I(r, 4)) * 1.5707963f + .785398f + N(r) * .15f;
    else
      dir = UR(r, 0, 6.2831853f);
  }
  float k = 0, a0 = dir;
  float turn = 0;
  float kk[NP];
  for (int i = 0; i < NP; i++)
    kk[i] = 0;
  int n = NP - 1;
  if (t == 0) {
    p->straight = 1;
  } else if (t == 1) {
    turn = (U(r) < .5f ? -1 : 1) * UR(r, .7f, 3.4f);
    for (int i = 0; i < n; i++)
      kk[i] = turn / n;
  } // arc
  else if (t == 2) {
    turn = (U(r) < .5f ? -1 : 1) * UR(r, 1.2f, 2.8f);
    for (int i = 0; i < n; i++)
      kk[i] = (i < n / 2 ? turn : -turn) / (n / 2);
  } // S
  else if (t == 3) {
    turn = (U(r) < .5f ? -1 : 1) * UR(r, 4.7f, 6.3f);
    for (int i = 0; i < n; i++)
      kk[i] = turn / n;
  } // loop
  else if (t == 4) {
    turn = (U(r) < .5f ? -1 : 1) * UR(r, 1.2f, 3.3f);
    for (int i = n * 2 / 3; i < n; i++)
      kk[i] = turn / (n - n * 2 / 3);
    p->straight = 1;
    if (U(r) < .5f) {
      for (int i = 0; i < n / 2; i++) {
        float q = kk[i];
        kk[i] = kk[n - 1 - i];
        kk[n - 1 - i] = q;
      }
    }
  } // hook
  else if (t == 5) {
    float q = 0;
    for (int i = 0; i < n; i++) {
      if (i % 3 == 0)
        q = N(r) * .45f;
      kk[i] = q;
    }
  } // spline of random curvature
  else {
    int c = 2 + I(r, n - 4);
    kk[c] = (U(r) < .5f ? -1 : 1) * UR(r, 1.0f, 2.6f);
    p->straight = 1;
  } // corner
  float x = 0, y = 0, step = 1.0f / n;
  float st[NP];
  for (int i = 0; i < n; i++)
    st[i] = step;
  a0 = dir - (t == 1 || t == 3 ? 0.5f * turn : 0);
  for (int i = 0; i < n; i++) {
    k = a0 + kk[i] * .5f;
    if (t == 6 && kk[i] != 0)
      k = a0 + kk[i];
    x += st[i] * cosf(k);
    y += st[i] * sinf(k);
    a0 += kk[i];
    p->x[i + 1] = x;
    p->y[i + 1] = y;
  }
  // to length: longest extent
  float mx = 1e-6f;
  for (int i = 1; i < NP; i++) {
    float d = p->x[i] * p->x[i] + p->y[i] * p->y[i];
    if (d > mx)
      mx = d;
  }
  float s = len / sqrtf(mx);
  if (t == 3)
    s = len * .8f / sqrtf(mx);
  for (int i = 1; i < NP; i++) {
    p->x[i] *= s;
    p->y[i] *= s;
  }
}
static void xf(Prim *p, float a, float b, float c, float d) {
  for (int i = 0; i < NP; i++) {
    float x = p->x[i], y = p->y[i];
    p->x[i] = a * x + b * y;
    p->y[i] = c * x + d * y;
  }
}
static void mkalph(R *r, Alph *a) {
  a->n = 3 + I(r, 9);
  static const float tb[7] = {.36f, .22f, .08f, .08f, .08f, .13f, .05f};
  for (int i = 0; i < 7; i++)
    a->tw[i] = tb[i] * expf(N(r) * V2);
  a->axis = V2 > 0 ? UR(r, .3f, .9f) : .6f;
  a->prep = V2 > 0 ? UR(r, 0, .35f) : 0;
  a->ppar = V2 > 0 ? UR(r, 0, .3f) : 0;
  for (int i = 0; i < a->n; i++) {
    prim(r, a, &a->p[i], UR(r, .25f, 1.0f));
    a->pl[i] = expf(N(r) * .7f);
  }
  static const float b[5] = {.24f, .34f, .22f, .13f, .07f};
  for (int i = 0; i < 5; i++)
    a->wst[i] = b[i] * expf(N(r) * .7f);
  static const float c[4] = {.45f, .28f, .17f, .10f};
  for (int i = 0; i < 4; i++)
    a->sub[i] = c[i] * expf(N(r) * .6f);
  a->mutate = UR(r, .5f, 1.3f);
  a->pattach = UR(r, .45f, .9f);
  a->pnew = UR(r, .05f, .5f);
  a->roundj = U(r);
  a->grid = U(r);
}
static void mkprim(R *r, Alph *a, Prim *p) {
  if (U(r) < a->pnew) {
    prim(r, a, p, UR(r, .2f, 1.0f));
    return;
  }
  *p = a->p[pick(r, a->pl, a->n)];
  float u = U(r);
  if (u < .15f)
    xf(p, -1, 0, 0, 1);
  else if (u < .25f)
    xf(p, 1, 0, 0, -1);
  else if (u < .32f)
    xf(p, -1, 0, 0, -1);
  else if (u < .42f)
    xf(p, 0, 1, 1, 0);
  else if (u < .5f)
    xf(p, 0, -1, 1, 0);
  float s = expf(N(r) * .2f);
  if (U(r) < .2f)
    s *= .55f;
  xf(p, s, 0, 0, s);
  if (U(r) < .3f) {
    float t = expf(N(r) * .3f);
    xf(p, t, 0, 0, 1);
  }
}
static void mkattach(R *r, Alph *a, Stroke *s, int i) {
  At *t = &s->a;
  memset(t, 0, sizeof *t);
  t->ax = UR(r, -.6f, .6f);
  t->ay = UR(r, -.6f, .6f);
  if (a->grid < .5f) {
    t->ax = (I(r, 3) - 1) * .5f;
    t->ay = (I(r, 3) - 1) * .5f;
  }
  if (i == 0) {
    t->rel = 0;
    return;
  }
  t->to = I(r, i);
  t->to2 = I(r, i);
  if (U(r) < a->pattach) {
    float u = U(r);
    t->mypos = 0;
    if (u < .26f) {
      t->rel = 1;
      t->pos = 0;
    } else if (u < .42f) {
      t->rel = 1;
      t->pos = 1;
    } else if (u < .72f) {
      t->rel = 1;
      t->pos = UR(r, .15f, .85f);
    } else {
      t->rel = 1;
      t->pos = UR(r, .2f, .8f);
      t->mypos = UR(r, .3f, .7f);
    } // cross
    if (t->rel && t->mypos == 0 && U(r) < .12f)
      t->mypos = 1;
    if (t->mypos == 0 && U(r) < .3f) {
      t->rel2 = 1;
      float v = U(r);
      t->pos2 = v < .25f ? 0 : v < .55f ? 1 : UR(r, .1f, .9f);
      if (t->to2 == t->to && fabsf(t->pos2 - t->pos) < .3f)
        t->rel2 = 0;
    }
  } else
    t->rel = 0;
}
static void mkstroke(R *r, Alph *a, Stroke *s, int i, int nst) {
  memset(s, 0, sizeof *s);
  s->n = 1 + pick(r, a->sub, nst > 3 ? 2 : nst > 2 ? 3 : 4);
  for (int k = 0; k < s->n; k++) {
    mkprim(r, a, &s->s[k].p);
    s->s[k].round = U(r) < .5f ? a->roundj : U(r);
  }
  if (a->prep > 0 && U(r) < a->prep) { // humps, waves, zigzags: the first one or two again
    int m = 1 + (s->n > 1 && U(r) < .5f), rep = 2 + I(r, m > 1 ? 2 : 3);
    if (m * rep > MK)
      rep = MK / m;
    int fl = U(r) < .4f;
    for (int k = m; k < m * rep; k++) {
      s->s[k] = s->s[k - m];
      if (fl && m == 1)
        xf(&s->s[k].p, 1, 0, 0, -1);
    }
    float f = 1.0f / sqrtf((float)rep);
    for (int k = 0; k < m * rep; k++) {
      xf(&s->s[k].p, f, 0, 0, f);
      s->s[k].p.len *= f;
    }
    s->n = m * rep;
  }
  mkattach(r, a, s, i);
  if (i > 0 && U(r) < .10f) {
    s->n = 1;
    s->a.dot = 1;
    for (int k = 0; k < NP; k++) {
      s->s[0].p.x[k] *= .08f;
      s->s[0].p.y[k] *= .08f;
    }
    s->a.rel = 0;
    s->a.rel2 = 0;
  }
  // closed?
  float x = 0, y = 0, L = 0;
  for (int k = 0; k < s->n; k++) {
    x += s->s[k].p.x[NP - 1];
    y += s->s[k].p.y[NP - 1];
    L += s->s[k].p.len;
  }
  if (sqrtf(x * x + y * y) < .28f * L && !s->a.rel2 && !s->a.dot) {
    s->a.closed = 1;
  } else if (s->n >= 3 && U(r) < .2f && !s->a.rel2)
    s->a.closed = 1;
}
static void mkchar(R *r, Alph *a, Char *c) {
  c->n = 1 + pick(r, a->wst, 5);
  for (int i = 0; i < c->n; i++) {
    if (i > 0 && U(r) < a->ppar) { // parallel to one before
      int j = I(r, i);
      if (c->s[j].a.dot || c->s[j].n > 3) {
        mkstroke(r, a, &c->s[i], i, c->n);
        continue;
      }
      c->s[i] = c->s[j];
      Stroke *s = &c->s[i];
      if (U(r) < .4f) {
        float f = UR(r, .5f, 1.2f);
        for (int k = 0; k < s->n; k++)
          xf(&s->s[k].p, f, 0, 0, f);
      }
      if (j > 0 && s->a.rel) {
        s->a.pos = U(r);
        if (fabsf(s->a.pos - c->s[j].a.pos) < .25f)
          s->a.pos = c->s[j].a.pos < .5f ? 1 : 0;
        s->a.rel2 = 0;
      } else {
        float x = s->s[0].p.x[NP - 1], y = s->s[0].p.y[NP - 1], l = sqrtf(x * x + y * y) + 1e-3f,
              dd = (U(r) < .5f ? -1 : 1) * UR(r, .25f, .6f);
        s->a.ax += -y / l * dd;
        s->a.ay += x / l * dd;
        s->a.rel = 0;
        s->a.rel2 = 0;
      }
    } else
      mkstroke(r, a, &c->s[i], i, c->n);
  }
}
static float FINE = .5f;
static void mutate(R *r, Alph *a, Char *c) {
  float u = U(r);
  if (U(r) < FINE) {
    Stroke *s = &c->s[I(r, c->n)];
    if (u < .15f && c->n < MS) { // a dot
      Stroke *q = &c->s[c->n];
      memset(q, 0, sizeof *q);
      q->n = 1;
      prim(r, a, &q->s[0].p, .07f);
      q->a.dot = 1;
      q->a.ax = UR(r, -.8f, .8f);
      q->a.ay = UR(r, -.8f, .8f);
      c->n++;
      return;
    }
    if (u < .38f && c->n < MS) { // a short stroke on another
      Stroke *q = &c->s[c->n];
      mkstroke(r, a, q, c->n, 4);
      if (q->a.dot || q->n > 3) {
        c->n++;
        return;
      }
      float mx = .01f;
      for (int k = 0; k < q->n; k++)
        mx += q->s[k].p.len;
      float f = UR(r, .3f, .7f) / mx;
      if (f < 1)
        for (int k = 0; k < q->n; k++) {
          xf(&q->s[k].p, f, 0, 0, f);
          q->s[k].p.len *= f;
        }
      if (!q->a.rel && U(r) < .7f) {
        q->a.rel = 1;
        q->a.to = I(r, c->n);
        q->a.pos = I(r, 3) * .5f;
      }
      q->a.rel2 = 0;
      c->n++;
      return;
    }
    if (u < .60f && s->n < MK && !s->a.dot) { // a small loop, hook or line at an end
      Prim p;
      float tw[7];
      memcpy(tw, a->tw, sizeof tw);
      Alph t = *a;
      float v = U(r);
      if (v < .35f) {
        memset(t.tw, 0, sizeof tw);
        t.tw[3] = 1;
      } else if (v < .6f) {
        memset(t.tw, 0, sizeof tw);
        t.tw[1] = 1;
      }
      prim(r, &t, &p, UR(r, .18f, .45f));
      if (U(r) < .5f) {
        s->s[s->n].p = p;
        s->s[s->n].round = 0;
      } else {
        for (int j = s->n; j > 0; j--)
          s->s[j] = s->s[j - 1];
        s->s[0].p = p;
      }
      s->n++;
      s->a.closed = 0;
      return;
    }
    if (u < .72f && c->n > 1) { // another joint
      Stroke *q = &c->s[1 + I(r, c->n - 1)];
      if (q->a.rel) {
        float o = q->a.pos;
        q->a.pos = U(r) < .5f ? (o < .5f ? 1 : 0) : U(r);
        if (fabsf(q->a.pos - o) < .25f)
          q->a.pos = o < .5f ? o + .4f : o - .4f;
      } else {
        float t = UR(r, 0, 6.2831853f);
        q->a.ax += .5f * cosf(t);
        q->a.ay += .5f * sinf(t);
      }
      return;
    }
    if (u < .86f && !s->a.dot) { // bent otherwise: mirror one sub-stroke about its chord, or bow it
      Prim *p = &s->s[I(r, s->n)].p;
      float ex = p->x[NP - 1], ey = p->y[NP - 1], l = sqrtf(ex * ex + ey * ey) + 1e-5f;
      ex /= l;
      ey /= l;
      float bow = (U(r) < .5f ? -1 : 1) * UR(r, .25f, .5f) * l, dev = 0;
      for (int j = 0; j < NP; j++)
        dev = fmaxf(dev, fabsf(p->x[j] * -ey + p->y[j] * ex));
      for (int j = 0; j < NP; j++) {
        float al = p->x[j] * ex + p->y[j] * ey, no = -p->x[j] * ey + p->y[j] * ex;
        if (dev > .15f * l)
          no = -no;
        else
          no += bow * sinf(3.14159265f * j / (NP - 1));
        p->x[j] = al * ex - no * ey;
        p->y[j] = al * ey + no * ex;
      }
      return;
    }
    {
      float f = U(r) < .5f ? UR(r, .4f, .65f) : UR(r, 1.5f, 2.2f);
      int k0 = I(r, s->n);
      if (s->a.dot)
        return;
      xf(&s->s[k0].p, f, 0, 0, f);
      s->s[k0].p.len *= f;
      return;
    }
  }
  if (u < .28f && c->n < MS - 1) {
    mkstroke(r, a, &c->s[c->n], c->n, 4);
    c->n++;
  } else if (u < .40f && c->n > 1) {
    c->n--;
  } else if (u < .60f) {
    Stroke *s = &c->s[I(r, c->n)];
    mkprim(r, a, &s->s[I(r, s->n)].p);
    s->a.closed = 0;
  } else if (u < .72f && c->n > 1) {
    int i = 1 + I(r, c->n - 1);
    int d = c->s[i].a.dot;
    mkattach(r, a, &c->s[i], i);
    c->s[i].a.dot = d;
  } else if (u < .84f) {
    Stroke *s = &c->s[I(r, c->n)];
    float f = U(r) < .5f ? -1 : 1;
    for (int k = 0; k < s->n; k++)
      xf(&s->s[k].p, f, 0, 0, -f);
  } else if (u < .92f) { // mirror all
    float f = U(r) < .5f ? -1 : 1;
    for (int i = 0; i < c->n; i++) {
      Stroke *s = &c->s[i];
      s->a.ax *= f;
      s->a.ay *= -f;
      for (int k = 0; k < s->n; k++)
        xf(&s->s[k].p, f, 0, 0, -f);
    }
  } else if (u < .96f && V2 > 0) {
    Stroke *s = &c->s[I(r, c->n)];
    if (s->a.dot)
      return;
    int k = I(r, s->n);
    if (s->n < MK && U(r) < .6f) {
      for (int j = s->n; j > k; j--)
        s->s[j] = s->s[j - 1];
      s->n++;
    } else if (s->n > 1) {
      for (int j = k; j + 1 < s->n; j++)
        s->s[j] = s->s[j + 1];
      s->n--;
    }
    s->a.closed = 0;
  } else {
    Stroke *s = &c->s[I(r, c->n)];
    if (s->n < MK - 1) {
      mkprim(r, a, &s->s[s->n].p);
      s->s[s->n].round = U(r);
      s->n++;
      s->a.closed = 0;
    } else if (s->n > 1) {
      s->n--;
    }
  }
}
#define MP (MK * (NP - 1) + 1 + 4)
typedef struct {
  int n;
  float x[MP], y[MP];
} Poly;
static void along(const Poly *p, float s, float *x, float *y) {
  float f = s * (p->n - 1);
  int i = (int)f;
  if (i > p->n - 2)
    i = p->n - 2;
  if (i < 0)
    i = 0;
  f -= i;
  *x = p->x[i] + (p->x[i + 1] - p->x[i]) * f;
  *y = p->y[i] + (p->y[i + 1] - p->y[i]) * f;
}
typedef struct {
  float shear, asp, rot, w, smooth, lev, bendy;
  float wx[3], wy[3], fx[3], fy[3], ph[3];
} Drawer;
static void mkdrawer(R *r, const Cfg *g, Drawer *d) {
  d->shear = N(r) * g->shear;
  d->asp = N(r) * g->aspect;
  d->rot = N(r) * g->rot;
  d->w = UR(r, g->wmin, g->wmax);
  d->smooth = U(r);
  d->lev = expf(N(r) * .35f);
  d->bendy = N(r);
}
static void draw(R *r, const Cfg *g, const Char *c, const Drawer *d, float *out, int S) {
  Poly P[MS];
  float lev = d->lev;
  for (int i = 0; i < c->n; i++) {
    const Stroke *s = &c->s[i];
    Poly *p = &P[i];
    p->n = 1;
    p->x[0] = p->y[0] = 0;
    float sc = expf(N(r) * g->sscale * lev), sr = N(r) * g->srot * lev;
    float ca = cosf(sr) * sc, sa = sinf(sr) * sc;
    for (int k = 0; k < s->n; k++) {
      const Prim *q = &s->s[k].p;
      float a = N(r) * g->subrot * lev, m = expf(N(r) * g->subscale * lev), m2 = expf(N(r) * g->subscale * .6f * lev);
      float cx = cosf(a) * m, sx = sinf(a) * m;
      float A = ca * cx - sa * sx, B = -(ca * sx + sa * cx), Cc = sa * cx + ca * sx, Dd = -sa * sx + ca * cx;
      A *= m2;
      Cc *= m2;
      float b1 = N(r) * g->bend * lev, b2 = N(r) * g->bend * .6f * lev, t1 = N(r) * g->bend * .8f * lev;
      float ex = q->x[NP - 1], ey = q->y[NP - 1];
      float el = sqrtf(ex * ex + ey * ey);
      float nxx = -ey, nyy = ex;
      if (el < .3f * q->len) {
        nxx = q->len * .7f;
        nyy = 0;
        ex = 0;
        ey = q->len * .7f;
      }
      float ox = p->x[p->n - 1], oy = p->y[p->n - 1];
      for (int j = 1; j < NP; j++) {
        float t = j / (float)(NP - 1), w1 = sinf(3.14159265f * t), w2 = sinf(6.2831853f * t);
        float bb = b1 * w1 + b2 * w2, tt = t1 * w1;
        float x = q->x[j] + nxx * bb + ex * tt, y = q->y[j] + nyy * bb + ey * tt;
        p->x[p->n] = ox + A * x + B * y;
        p->y[p->n] = oy + Cc * x + Dd * y;
        p->n++;
      }
    }
    // round the corners
    int pas = (int)(3 * d->smooth * d->smooth * UR(r, .5f, 1.5f) + .3f);
    for (int q = 0; q < pas; q++) {
      float lx = p->x[0], ly = p->y[0];
      for (int j = 1; j < p->n - 1; j++) {
        float x = p->x[j], y = p->y[j];
        p->x[j] = .25f * lx + .5f * x + .25f * p->x[j + 1];
        p->y[j] = .25f * ly + .5f * y + .25f * p->y[j + 1];
        lx = x;
        ly = y;
      }
    }
    // tremor
    if (g->tremor > 0) {
      float tr = g->tremor * fabsf(N(r)) * lev;
      for (int j = 1; j < p->n; j++) {
        p->x[j] += N(r) * tr;
        p->y[j] += N(r) * tr;
      }
    }
    // place
    float tx, ty, mx, my;
    At a = s->a;
    float pj = a.pos + N(r) * g->attach * .6f;
    if (a.pos == 0 || a.pos == 1) {
      pj = a.pos + (a.pos == 0 ? 1 : -1) * fabsf(N(r)) * g->attach * .35f;
    }
    if (pj < 0)
      pj = 0;
    if (pj > 1)
      pj = 1;
    if (i > 0 && a.rel) {
      along(&P[a.to], pj, &tx, &ty);
      float gx = g->attach * .35f * lev;
      tx += N(r) * gx;
      ty += N(r) * gx;
    } else {
      float gx = g->shift * lev;
      tx = a.ax + N(r) * gx;
      ty = a.ay + N(r) * gx;
      if (i == 0) {
        tx = a.ax;
        ty = a.ay;
      }
    }
    float my_ = a.mypos;
    if (a.rel == 0)
      my_ = .5f;
    if (my_ > 0 && my_ < 1)
      my_ += N(r) * g->attach * .5f;
    if (my_ < 0)
      my_ = 0;
    if (my_ > 1)
      my_ = 1;
    if (a.rel == 0) { // independent: by the middle of its box
      float x0 = 1e9, x1 = -1e9, y0 = 1e9, y1 = -1e9;
      for (int j = 0; j < p->n; j++) {
        x0 = fminf(x0, p->x[j]);
        x1 = fmaxf(x1, p->x[j]);
        y0 = fminf(y0, p->y[j]);
        y1 = fmaxf(y1, p->y[j]);
      }
      mx = (x0 + x1) / 2;
      my = (y0 + y1) / 2;
    } else
      along(p, my_, &mx, &my);
    for (int j = 0; j < p->n; j++) {
      p->x[j] += tx - mx;
      p->y[j] += ty - my;
    }
    if (i > 0 && a.rel && a.rel2) {
      float qx, qy;
      float pj2 = a.pos2 + N(r) * g->attach * .5f;
      if (pj2 < 0)
        pj2 = 0;
      if (pj2 > 1)
        pj2 = 1;
      along(&P[a.to2], pj2, &qx, &qy);
      float gx = g->attach * .35f * lev;
      qx += N(r) * gx;
      qy += N(r) * gx;
      float dx = qx - p->x[p->n - 1], dy = qy - p->y[p->n - 1];
      for (int j = 0; j < p->n; j++) {
        float t = j / (float)(p->n - 1);
        p->x[j] += dx * t;
        p->y[j] += dy * t;
      }
    } else if (a.closed) {
      float dx = p->x[0] - p->x[p->n - 1], dy = p->y[0] - p->y[p->n - 1];
      float gp = g->drop * .6f * lev;
      dx += N(r) * gp;
      dy += N(r) * gp;
      for (int j = 0; j < p->n; j++) {
        float t = j / (float)(p->n - 1);
        p->x[j] += dx * t;
        p->y[j] += dy * t;
      }
    }
    // overshoot or cut of the ends
    if (!a.dot)
      for (int e = 0; e < 2; e++) {
        float o = N(r) * g->over * lev + .3f * g->over * lev;
        int A0 = e ? p->n - 1 : 0, A1 = e ? p->n - 3 : 2;
        float dx = p->x[A0] - p->x[A1], dy = p->y[A0] - p->y[A1];
        float l = sqrtf(dx * dx + dy * dy) + 1e-5f;
        if (o < -.5f * l)
          o = -.5f * l;
        p->x[A0] += dx / l * o;
        p->y[A0] += dy / l * o;
      }
  }
  // affine and warp
  float sh = d->shear + N(r) * g->shear * .5f, as = d->asp + N(r) * g->aspect * .6f, ro = d->rot + N(r) * g->rot * .6f;
  float ea = expf(as * .5f), eb = 1 / ea, c0 = cosf(ro), s0 = sinf(ro);
  float A = c0 * ea, B = c0 * sh * eb - s0 * eb, Cc = s0 * ea, Dd = s0 * sh * eb + c0 * eb;
  float wv[3][6];
  for (int k = 0; k < 3; k++) {
    wv[k][0] = N(r) * g->warp * lev;
    wv[k][1] = N(r) * g->warp * lev;
    float th = UR(r, 0, 6.2831853f), f = UR(r, 1.2f, 3.2f);
    wv[k][2] = cosf(th) * f;
    wv[k][3] = sinf(th) * f;
    wv[k][4] = UR(r, 0, 6.2831853f);
  }
  float x0 = 1e9, x1 = -1e9, y0 = 1e9, y1 = -1e9, sw = 0, sx = 0, sy = 0, sxx = 0;
  // scale to unit first (for the warp to be of the character's size)
  for (int i = 0; i < c->n; i++)
    for (int j = 0; j < P[i].n; j++) {
      float x = P[i].x[j], y = P[i].y[j];
      x0 = fminf(x0, x);
      x1 = fmaxf(x1, x);
      y0 = fminf(y0, y);
      y1 = fmaxf(y1, y);
    }
  float L0 = fmaxf(fmaxf(x1 - x0, y1 - y0), .05f), mx0 = (x0 + x1) / 2, my0 = (y0 + y1) / 2;
  x0 = y0 = 1e9;
  x1 = y1 = -1e9;
  for (int i = 0; i < c->n; i++)
    for (int j = 0; j < P[i].n; j++) {
      float x = (P[i].x[j] - mx0) * 2 / L0, y = (P[i].y[j] - my0) * 2 / L0;
      float X = x, Y = y;
      for (int k = 0; k < 3; k++) {
        float s = sinf(wv[k][2] * x + wv[k][3] * y + wv[k][4]);
        X += wv[k][0] * s;
        Y += wv[k][1] * s;
      }
      x = A * X + B * Y;
      y = Cc * X + Dd * Y;
      P[i].x[j] = x;
      P[i].y[j] = y;
      x0 = fminf(x0, x);
      x1 = fmaxf(x1, x);
      y0 = fminf(y0, y);
      y1 = fmaxf(y1, y);
    }
  float rad = d->w * expf(N(r) * .15f) * S / 32.0f;
  float L = fmaxf(x1 - x0, y1 - y0);
  float span = g->share * S;
  float sc = (span - 2 * rad * .9f) / fmaxf(L, .05f);
  float cx = (x0 + x1) / 2, cy = (y0 + y1) / 2;
  if (g->mode == 1) {
    for (int i = 0; i < c->n; i++)
      for (int j = 0; j + 1 < P[i].n; j++) {
        float dx = P[i].x[j + 1] - P[i].x[j], dy = P[i].y[j + 1] - P[i].y[j], w = sqrtf(dx * dx + dy * dy) + 1e-4f,
              x = .5f * (P[i].x[j + 1] + P[i].x[j]), y = .5f * (P[i].y[j + 1] + P[i].y[j]);
        sw += w;
        sx += w * x;
        sy += w * y;
        sxx += w * (x * x + y * y);
      }
    sx /= sw;
    sy /= sw;
    float v = sqrtf(fmaxf(sxx / sw - sx * sx - sy * sy, 1e-6f));
    cx = sx;
    cy = sy;
    float f = fmaxf(v * 2.6f / g->share, 1.02f * fmaxf(L, .05f) + 2 * rad / S * fmaxf(L, .05f));
    sc = S / f;
  }
  float scy = sc;
  if (g->mode == 2) {
    float sxx = 0, syy = 0, Lx = x1 - x0, Ly = y1 - y0;
    for (int i = 0; i < c->n; i++)
      for (int j = 0; j + 1 < P[i].n; j++) {
        float dx = P[i].x[j + 1] - P[i].x[j], dy = P[i].y[j + 1] - P[i].y[j], w = sqrtf(dx * dx + dy * dy) + 1e-4f,
              x = .5f * (P[i].x[j + 1] + P[i].x[j]), y = .5f * (P[i].y[j + 1] + P[i].y[j]);
        sw += w;
        sx += w * x;
        sy += w * y;
        sxx += w * x * x;
        syy += w * y * y;
      }
    sx /= sw;
    sy /= sw;
    float t2 = rad / S * L;
    t2 = t2 * t2 * .3f;
    float vx = sxx / sw - sx * sx + t2 + 1e-6f, vy = syy / sw - sy * sy + t2 + 1e-6f, v = sqrtf(vx + vy);
    cx = sx;
    cy = sy;
    float ax = powf(fmaxf(sqrtf(2 * vx) / v, .25f), g->size), ay = powf(fmaxf(sqrtf(2 * vy) / v, .25f), g->size);
    float pen = 2 * rad / S * L;
    float fx = fmaxf(v * ax * 2.6f / g->share, 1.02f * (Lx + pen)),
          fy = fmaxf(v * ay * 2.6f / g->share, 1.02f * (Ly + pen));
    sc = S / fx;
    scy = S / fy;
  }
  float ns = expf(N(r) * g->nscale);
  sc *= ns;
  scy *= ns * expf(N(r) * g->nscale * .7f);
  float tx = S * .5f - cx * sc + N(r) * g->nshift * S / 32, ty = S * .5f - cy * scy + N(r) * g->nshift * S / 32;
  memset(out, 0, sizeof(float) * S * S);
  float soft = UR(r, .5f, .5f + g->blur) * 1.0f;
  float gain = UR(r, .8f, 1.0f);
  for (int i = 0; i < c->n; i++) {
    for (int j = 0; j + 1 < P[i].n; j++) {
      float ax = P[i].x[j] * sc + tx, ay = P[i].y[j] * scy + ty, bx = P[i].x[j + 1] * sc + tx,
            by = P[i].y[j + 1] * scy + ty;
      float m = rad + soft;
      int X0 = (int)floorf(fminf(ax, bx) - m), X1 = (int)ceilf(fmaxf(ax, bx) + m), Y0 = (int)floorf(fminf(ay, by) - m),
          Y1 = (int)ceilf(fmaxf(ay, by) + m);
      if (X0 < 0)
        X0 = 0;
      if (Y0 < 0)
        Y0 = 0;
      if (X1 > S)
        X1 = S;
      if (Y1 > S)
        Y1 = S;
      float dx = bx - ax, dy = by - ay, il = 1 / (dx * dx + dy * dy + 1e-9f), is = .5f / soft;
      for (int y = Y0; y < Y1; y++) {
        float *o = out + y * S;
        float py = y + .5f - ay;
        for (int x = X0; x < X1; x++) {
          float px = x + .5f - ax;
          float t = (px * dx + py * dy) * il;
          t = t < 0 ? 0 : t > 1 ? 1 : t;
          float ex = px - t * dx, ey = py - t * dy;
          float dd = sqrtf(ex * ex + ey * ey);
          float v = (rad + soft - dd) * is;
          v = v < 0 ? 0 : v > 1 ? 1 : v;
          v *= gain;
          if (v > o[x])
            o[x] = v;
        }
      }
    }
  }
}
int main() {
  Cfg g = {.14f, .16f, .09f, .12f, .14f, .07f, .08f, .08f, .06f, .12f, .05f, .006f,
           .05f, .35f, 1.6f, .5f,  .4f,  .04f, .8f,  2,    .5f,  .1f,  .5f};
  R r = {777};
  int nA = 600, nC = 16, nD = 2, S = 32;
  double ns = 0, np = 0, nj = 0, nn = 0, nd = 0, ncl = 0;
  long n = 0, m = 0;
  double ink = 0, ink2 = 0, full = 0, zero = 0;
  double sx = 0, sy = 0, bor = 0;
  float o[1024];
  for (int a = 0; a < nA; a++) {
    Alph al;
    mkalph(&r, &al);
    Char cs[16];
    Drawer d[2];
    for (int c = 0; c < nC; c++) {
      if (c > 0 && U(&r) < g.mutate * al.mutate) {
        cs[c] = cs[I(&r, c)];
        mutate(&r, &al, &cs[c]);
        if (U(&r) < .5f)
          mutate(&r, &al, &cs[c]);
      } else
        mkchar(&r, &al, &cs[c]);
      n++;
      ns += cs[c].n;
      for (int i = 0; i < cs[c].n; i++) {
        np += cs[c].s[i].n;
        nn += i > 0;
        nj += i > 0 && cs[c].s[i].a.rel;
        nd += cs[c].s[i].a.dot;
        ncl += cs[c].s[i].a.closed;
      }
    }
    for (int k = 0; k < nD; k++) {
      mkdrawer(&r, &g, &d[k]);
      for (int c = 0; c < nC; c++) {
        draw(&r, &g, &cs[c], &d[k], o, S);
        double s = 0, q = 0, w = 0, b = 0, mx = 0, my = 0, mxx = 0, myy = 0;
        for (int i = 0; i < 1024; i++) {
          double v = o[i];
          s += v;
          full += v > .75;
          zero += v == 0;
          int x = i % 32, y = i / 32;
          if (x == 0 || y == 0 || x == 31 || y == 31)
            b += v;
          mx += v * x;
          my += v * y;
          mxx += v * x * x;
          myy += v * y * y;
        }
        ink += s;
        ink2 += s * s;
        bor += b / s;
        mx /= s;
        my /= s;
        sx += sqrt(mxx / s - mx * mx);
        sy += sqrt(myy / s - my * my);
        m++;
      }
    }
  }
  printf("{\"strokes\":%.3f,\"parts\":%.3f,\"joined\":%.3f,\"dots\":%.3f,\"closed\":%.3f,\"ink\":%.1f,\"inkDeviation\":"
         "%.1f,\"dark\":%.4f,\"empty\":%.4f,\"border\":%.4f,\"wide\":%.3f,\"high\":%.3f}\n",
         ns / n, np / ns, nj / nn, nd / ns, ncl / ns, ink / m, sqrt(ink2 / m - ink * ink / m / m), full / m / 1024,
         zero / m / 1024, bor / m, sx / m, sy / m);
}
