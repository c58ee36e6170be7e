import { DirectionProvider, MantineProvider } from '@mantine/core'
import { type ReactNode, StrictMode } from 'react'
import { nonce } from '#web/lib/boot/nonce.ts'
import { colorSchemeManager } from './color-scheme.ts'
import { cssVariablesResolver, theme } from './theme.ts'

const getStyleNonce = () => nonce

/** What every page of the product is wrapped in: theme, colour scheme, direction. */
export const Page = ({ children }: { readonly children: ReactNode }) => (
  <StrictMode>
    <DirectionProvider>
      <MantineProvider
        theme={theme}
        cssVariablesResolver={cssVariablesResolver}
        colorSchemeManager={colorSchemeManager}
        defaultColorScheme="auto"
        getStyleNonce={getStyleNonce}
      >
        {children}
      </MantineProvider>
    </DirectionProvider>
  </StrictMode>
)
